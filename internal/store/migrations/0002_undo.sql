-- +goose Up
-- Undo, and what is made again after it.

-- Where a source's orders of one kind are in being made, undone and made again;
-- no row: the first, which nobody undid.
create table lives (
    account     text   not null references accounts (account) on delete cascade,
    kind        text   not null,
    source_kind text   not null,
    source_id   text   not null,
    epoch       bigint not null check (epoch >= 0),
    undone      bigint not null,
    why         text   not null,
    primary key (account, kind, source_kind, source_id)
);

-- Fields that a person undid, with what each side held then: they differ on
-- purpose until either side is edited.
alter table links add column undone text not null default '';

-- Whether the change takes back what others wrote.
alter table changes add column undo boolean not null default false;
