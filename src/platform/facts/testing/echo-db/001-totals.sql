create table %SCHEMA%.totals (id text primary key, total bigint not null);
