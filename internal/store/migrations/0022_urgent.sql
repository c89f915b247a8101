-- +goose Up
-- The account's job was asked for by a hook or a person, and stands before those whose time has come.
alter table schedules add column urgent boolean not null default false;
