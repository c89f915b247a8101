-- +goose Up
-- How far a list was read by a run that gave its worker back in the middle of it.
create table readings (
    account  text    not null references accounts (account) on delete cascade,
    feed     text    not null,
    run      text    not null,
    since    bigint  not null,
    until    bigint  not null,
    sweep    boolean not null,
    page     bigint  not null,
    size     bigint  not null,
    declared bigint  not null,
    received bigint  not null,
    newest   bigint  not null,
    primary key (account, feed)
);

-- What the queue knows of an account: when its next cycle and sweep are due, the
-- run that gave its worker back, and which job is at work.
create table schedules (
    account    text    not null primary key references accounts (account) on delete cascade,
    next_cycle bigint  not null,
    next_sweep bigint  not null,
    run        text    not null,
    started    bigint  not null,
    sweeps     boolean not null,
    not_until  bigint  not null,
    hinted     bigint  not null,
    job        bigint  not null,
    working    boolean not null
);
create index schedules_by_cycle on schedules (next_cycle);

-- Changes that were found and no hook had announced, since it was last heard.
alter table hooks add column missed bigint not null default 0;
