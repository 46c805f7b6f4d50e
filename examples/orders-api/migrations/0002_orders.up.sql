create table orders (
  id integer generated always as identity primary key,
  customer_id integer not null references customers,
  reference text not null unique,
  status text not null default 'open',
  total_cents integer not null,
  delivery_address text,
  created_at timestamptz not null default now()
);
create index orders_customer on orders (customer_id);

create table order_items (
  id integer generated always as identity primary key,
  order_id integer not null references orders on delete cascade,
  product text not null,
  unit_price_cents integer not null,
  quantity integer not null
);
create index order_items_order on order_items (order_id);
