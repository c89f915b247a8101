-- +goose Up
-- One text for SQLite and PostgreSQL. Times are unix milliseconds, 0 unset.
-- JSON, money and fields are text. Numbers in seq and id columns come from the
-- account's own sequence.

create table accounts (
    account  text    not null primary key,
    name     text    not null,
    settings text    not null,
    paused   boolean not null,
    created  bigint  not null,
    updated  bigint  not null
);

create table secrets (
    account text  not null references accounts (account) on delete cascade,
    name    text  not null,
    sealed  bytea not null,
    primary key (account, name)
);

-- A lease outlives its account, so that an epoch is never given twice.
create table leases (
    account text   not null primary key,
    epoch   bigint not null,
    holder  text   not null,
    until   bigint not null
);

create table sequences (
    account text   not null primary key references accounts (account) on delete cascade,
    last    bigint not null
);

create table runs (
    account  text    not null references accounts (account) on delete cascade,
    id       text    not null,
    seq      bigint  not null,
    started  bigint  not null,
    finished bigint  not null,
    complete boolean not null,
    flows    text    not null,
    error    text    not null,
    primary key (account, id)
);
create index runs_by_seq on runs (account, seq);

create table flow_runs (
    account text not null references accounts (account) on delete cascade,
    flow    text not null,
    run     text not null,
    primary key (account, flow)
);

create table marks (
    account text not null references accounts (account) on delete cascade,
    name    text not null,
    value   text not null,
    primary key (account, name)
);

create table cursors (
    account text   not null references accounts (account) on delete cascade,
    feed    text   not null,
    done    bigint not null,
    newest  bigint not null,
    indexed bigint not null,
    primary key (account, feed)
);

-- What every read changes stands first and has one width: SQLite then writes
-- only the bytes that differ.
create table items (
    account     text    not null references accounts (account) on delete cascade,
    side        text    not null check (side in ('auvo', 'omie')),
    kind        text    not null,
    id          text    not null check (id <> ''),
    seq         bigint  not null,
    seen_run    text    not null,
    missing     bigint  not null,
    dirty       boolean not null,
    fingerprint text    not null,
    version     text    not null,
    changed     bigint  not null,
    raw_sum     text    not null,
    outcome     text    not null,
    reason      text    not null,
    decided_run text    not null,
    decided     bigint  not null,
    title       text    not null,
    folded      text    not null,
    code        text    not null,
    laid        text    not null,
    body        text    not null,
    raw         text    not null,
    primary key (account, side, kind, id)
);
create index items_dirty on items (account, kind, side, seq) where dirty;
create index items_by_change on items (account, side, kind, changed);

create table item_keys (
    account text not null references accounts (account) on delete cascade,
    name    text not null,
    value   text not null,
    side    text not null,
    kind    text not null,
    id      text not null,
    primary key (account, name, value, side, kind, id)
);

create table links (
    account text   not null references accounts (account) on delete cascade,
    kind    text   not null,
    auvo    text   not null check (auvo <> ''),
    omie    text   not null check (omie <> ''),
    seq     bigint not null,
    role    text   not null check (role in ('main', 'site')),
    code    text   not null,
    base    text   not null,
    how     text   not null,
    primary key (account, kind, auvo)
);
create index links_by_omie on links (account, kind, omie);

create table changes (
    account     text   not null references accounts (account) on delete cascade,
    id          bigint not null,
    key         text   not null check (key <> ''),
    run         text   not null,
    flow        text   not null,
    kind        text   not null,
    source_kind text   not null,
    source_side text   not null,
    source_id   text   not null,
    auvo        text   not null,
    omie        text   not null,
    title       text   not null,
    action      text   not null,
    target      text   not null check (target in ('auvo', 'omie')),
    code        text   not null,
    fields      text   not null,
    doc         text   not null,
    reason      text   not null,
    state       text   not null check (state in ('planned', 'sending', 'unknown', 'done', 'waiting', 'failed', 'superseded')),
    cause       text   not null,
    said        text   not null,
    answer      text   not null,
    attempts    bigint not null,
    not_until   bigint not null,
    epoch       bigint not null,
    created     bigint not null,
    sent        bigint not null,
    settled     bigint not null,
    primary key (account, id),
    unique (account, key)
);
create index changes_by_state on changes (account, state);
create index changes_by_source on changes (account, source_kind, source_side, source_id);
create index changes_by_auvo on changes (account, kind, auvo);
create index changes_by_omie on changes (account, kind, omie);

-- change: the change whose settlement made the wait; 0 when a decision made it.
create table waits (
    account  text   not null references accounts (account) on delete cascade,
    seq      bigint not null,
    flow     text   not null,
    kind     text   not null,
    side     text   not null,
    id       text   not null,
    change   bigint not null,
    auvo     text   not null,
    omie     text   not null,
    title    text   not null,
    cause    text   not null check (cause <> ''),
    detail   text   not null,
    needs    text   not null,
    since    bigint not null,
    attempts bigint not null,
    ignored  bigint not null,
    why      text   not null,
    primary key (account, seq)
);
create index waits_by_ref on waits (account, kind, side, id);

create table wait_needs (
    account text   not null references accounts (account) on delete cascade,
    token   text   not null,
    wait    bigint not null,
    kind    text   not null,
    side    text   not null,
    id      text   not null,
    primary key (account, token, wait)
);
create index wait_needs_by_wait on wait_needs (account, wait);

create table conflicts (
    account    text   not null references accounts (account) on delete cascade,
    seq        bigint not null,
    at         bigint not null,
    run        text   not null,
    kind       text   not null,
    auvo       text   not null,
    omie       text   not null,
    field      text   not null,
    base       text   not null,
    in_auvo    text   not null,
    in_omie    text   not null,
    settled    text   not null,
    settled_by text   not null,
    primary key (account, seq)
);
create index conflicts_by_auvo on conflicts (account, kind, auvo);
create index conflicts_by_omie on conflicts (account, kind, omie);

create table holds (
    account     text   not null references accounts (account) on delete cascade,
    flow        text   not null,
    brake       text   not null,
    plan        text   not null,
    size        bigint not null,
    change_ids  text   not null,
    since       bigint not null,
    released_by text   not null,
    primary key (account, flow, brake)
);

create table events (
    account text   not null references accounts (account) on delete cascade,
    seq     bigint not null,
    at      bigint not null,
    run     text   not null,
    kind    text   not null,
    side    text   not null,
    id      text   not null,
    what    text   not null,
    said    text   not null,
    detail  text   not null,
    primary key (account, seq)
);
create index events_by_ref on events (account, kind, side, id);

-- What a vendor key's next user must know. A key is a digest, never the secret.
create table faults (
    key    text   not null,
    method text   not null,
    at     bigint not null
);
create index faults_by_method on faults (key, method, at);

create table blocks (
    key   text   not null primary key,
    until bigint not null
);

create table made (
    key    text   not null,
    digest text   not null,
    at     bigint not null,
    primary key (key, digest)
);

create table tokens (
    key     text   not null primary key,
    sealed  bytea  not null,
    expires bigint not null
);
