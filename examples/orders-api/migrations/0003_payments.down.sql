drop index orders_status;
drop table payments;
