-- +goose Up
-- How much of its rate a key uses since the vendor said that somebody else uses it,
-- too: share is in thousandths, from cut on (call.Pace).
create table paces (
    key   text   not null primary key,
    share bigint not null,
    cut   bigint not null,
    why   text   not null
);

-- The processes that work accounts, and what each may call from its IP for cycles,
-- in thousandths of a call a minute. One that is not seen for a while is gone.
create table workers (
    name text   not null primary key,
    auvo bigint not null,
    omie bigint not null,
    seen bigint not null
);

-- One row: by how much all intervals are stretched (factor) so that the cycles of all
-- accounts fit into what the workers may call, and how much of it they would take at
-- their own intervals (load); both in thousandths. side: whose budget is the shortest.
create table governor (
    id     bigint not null primary key check (id = 1),
    factor bigint not null,
    load   bigint not null,
    side   text   not null,
    at     bigint not null
);

-- asks: the interval that the account would have alone, every: the one in force, 0
-- before its first cycle; quiet: cycles in a row that wrote nothing; costs: the calls of
-- its last cycles by side, newest last, as JSON.
alter table schedules add column asks bigint not null default 0;
alter table schedules add column every bigint not null default 0;
alter table schedules add column quiet bigint not null default 0;
alter table schedules add column costs text not null default '';
