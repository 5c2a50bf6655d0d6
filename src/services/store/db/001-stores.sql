-- Stores are rows of states (`str_…`); these columns are what lists are found and sorted by. Other rows lack them.
alter table %SCHEMA%.states
  add column seller_id text collate "C" generated always as (data ->> 'sellerId') stored,
  add column status text collate "C" generated always as (data ->> 'status') stored,
  add column created_at text collate "C" generated always as (data ->> 'createdAt') stored,
  add constraint store_status check (status in ('DRAFT', 'SUBMITTED', 'APPROVED', 'REJECTED', 'SUSPENDED', 'CLOSED')),
  add constraint store_categories check (json_array_length(data -> 'categories') <= 3),
  add constraint store_whole check (
    not starts_with(key, 'str_') or (seller_id is not null and status is not null and created_at is not null)
  );

create index stores_by_status on %SCHEMA%.states (status, created_at desc, key desc) where status is not null;
create index stores_by_seller on %SCHEMA%.states (seller_id, created_at desc, key desc) where seller_id is not null;

-- The category tree (B6): two digits a level, so that a code's beginning names its parents.
create table %SCHEMA%.categories (
  code text collate "C" primary key check (code ~ '^\d{2}(\d{2}){0,2}$'),
  ko text not null,
  en text not null,
  sort integer not null,
  active boolean not null default true
);

insert into %SCHEMA%.categories (code, ko, en, sort) values
  ('01', '음식', 'Food', 1),
  ('0101', '한식', 'Korean', 1),
  ('010101', '분식', 'Snack food', 1),
  ('010102', '찌개·국밥', 'Stews and soups', 2),
  ('010103', '고기·구이', 'Grill', 3),
  ('0102', '치킨·피자', 'Chicken and pizza', 2),
  ('010201', '치킨', 'Chicken', 1),
  ('010202', '피자', 'Pizza', 2),
  ('0103', '세계 음식', 'World food', 3),
  ('010301', '중식', 'Chinese', 1),
  ('010302', '일식', 'Japanese', 2),
  ('010303', '양식', 'Western', 3),
  ('0104', '카페·디저트', 'Café and dessert', 4),
  ('010401', '커피', 'Coffee', 1),
  ('010402', '빵·케이크', 'Bread and cake', 2),
  ('02', '상품', 'Goods', 2),
  ('0201', '식품', 'Groceries', 1),
  ('020101', '농산물', 'Farm produce', 1),
  ('020102', '수산물', 'Seafood', 2),
  ('020103', '반찬·김치', 'Side dishes and kimchi', 3),
  ('0202', '생활', 'Living', 2),
  ('020201', '주방', 'Kitchen', 1),
  ('020202', '문구', 'Stationery', 2),
  ('0203', '패션', 'Fashion', 3),
  ('020301', '옷', 'Clothes', 1),
  ('020302', '가방·신발', 'Bags and shoes', 2);
