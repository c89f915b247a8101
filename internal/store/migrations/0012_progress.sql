-- +goose Up
-- Since when a list is being read, and when its last page was stored: how long the
-- rest takes is shown to people.
alter table readings add column began bigint not null default 0;
alter table readings add column saved bigint not null default 0;
