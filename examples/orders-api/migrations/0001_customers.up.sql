create table customers (
  id integer generated always as identity primary key,
  email text not null unique,
  name text not null,
  created_at timestamptz not null default now()
);
