-- +goose Up
-- What a feed's windows claim to have told begins here: 0 from the beginning.
alter table cursors add column since bigint not null default 0;

-- What whole reads of a source found that its windows had not told.
create table sweeps (
    account   text    not null references accounts (account) on delete cascade,
    run       text    not null,
    source    text    not null,
    flow      text    not null,
    seq       bigint  not null,
    at        bigint  not null,
    until     bigint  not null,
    whole     boolean not null,
    seen      bigint  not null,
    missed    bigint  not null,
    unstamped bigint  not null,
    unasked   bigint  not null,
    gone      bigint  not null,
    examples  text    not null,
    primary key (account, run, source)
);
create index sweeps_by_source on sweeps (account, source, seq);

-- An account whose database was put back to an earlier state, until it has read
-- what it missed; ended 0 while it does.
create table recoveries (
    account text   not null references accounts (account) on delete cascade,
    why     text   not null,
    state   bigint not null,
    since   bigint not null,
    ended   bigint not null,
    primary key (account)
);

-- One row in a file that ponte backup wrote, none in a database at work.
create table backups (
    made bigint not null primary key
);
