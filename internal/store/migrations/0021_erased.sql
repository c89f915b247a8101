-- +goose Up
-- Who is not taken in again goes with the account (RemoveAccount): of those removed before, this is left.
delete from erased where account not in (select account from accounts);
