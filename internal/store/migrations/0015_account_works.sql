-- +goose Up
-- What a worker was asked to find out for an account, and what it found: as
-- drafts_works (0011) for one that is put together.
create table accounts_works (
    account  text   not null references accounts (account) on delete cascade,
    work     text   not null check (work <> ''),
    number   bigint not null,
    asked    bigint not null,
    about    text   not null,
    done     bigint not null,
    ended    bigint not null,
    answered text   not null,
    said     text   not null,
    answer   text   not null,
    primary key (account, work)
);
