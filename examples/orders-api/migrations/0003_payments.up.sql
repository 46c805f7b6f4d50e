create table payments (
  id integer generated always as identity primary key,
  order_id integer not null references orders,
  provider_reference text not null unique,
  amount_cents integer not null,
  paid_at timestamptz not null default now()
);

-- Old clients wrote the status in any case.
update orders set status = lower(status);
create index orders_status on orders (status);
