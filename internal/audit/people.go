package audit

import (
	"maps"
	"slices"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// about is an act about a person.
func about(what string, p store.Person, said string) store.Act {
	return store.Act{What: what, About: p.Email, Said: said}
}

// PersonInvited adds a person, who comes in by a link, with a role for all accounts
// or roles for some.
func PersonInvited(p store.Person, roles ...store.AccountRole) store.Act {
	a := about("person-invited", p, "convidou "+p.Email)
	a.Fields = append([]store.ActField{{Name: "papel", After: role(p.Role)}}, rolesApart(nil, roles)...)
	return a
}

// InvitationRenewed makes a person another link.
func InvitationRenewed(p store.Person) store.Act {
	return about("invitation-renewed", p, "fez um novo convite para "+p.Email)
}

// InvitationCancelled makes a person's link worth nothing.
func InvitationCancelled(p store.Person) store.Act {
	return about("invitation-cancelled", p, "cancelou o convite de "+p.Email)
}

// InvitationUsed has its bearer choose a password and come in.
func InvitationUsed(p store.Person) store.Act {
	return about("invitation-used", p, "usou o convite e escolheu a senha")
}

// RoleChanged gives a person another role for all accounts, or ("") roles for some.
func RoleChanged(p store.Person, before []store.AccountRole, now string, after []store.AccountRole) store.Act {
	a := about("role-changed", p, "mudou o papel de "+p.Email)
	if p.Role != now {
		a.Fields = []store.ActField{{Name: "papel", Before: role(p.Role), After: role(now)}}
	}
	a.Fields = append(a.Fields, rolesApart(before, after)...)
	return a
}

// rolesApart are the accounts on which a role changed, by account.
func rolesApart(before, after []store.AccountRole) (fields []store.ActField) {
	was, is := map[string]string{}, map[string]string{}
	for _, r := range before {
		was[r.Account] = signin.Role(r.Role).Title()
	}
	for _, r := range after {
		is[r.Account] = signin.Role(r.Role).Title()
	}
	accounts := slices.Collect(maps.Keys(was))
	for account := range is {
		if _, both := was[account]; !both {
			accounts = append(accounts, account)
		}
	}
	slices.Sort(accounts)
	for _, account := range accounts {
		if was[account] != is[account] {
			fields = append(fields, store.ActField{Name: "papel em " + account, Before: was[account], After: is[account]})
		}
	}
	return fields
}

// IdentityBound has a person come in by the provider of identities from now on.
func IdentityBound(p store.Person) store.Act {
	return about("identity-bound", p, "entrou pelo provedor de identidade pela primeira vez")
}

// IdentityTaken has who is signed in come in by the provider of identities, too.
func IdentityTaken(p store.Person) store.Act {
	return about("identity-bound", p, "ligou a conta da empresa à sua entrada")
}

// TwoStepsOn has a person's sign-in ask for a code, too.
func TwoStepsOn(p store.Person) store.Act {
	return about("two-steps-on", p, "ligou a verificação em duas etapas")
}

// TwoStepsOff takes the code out of one's own sign-in.
func TwoStepsOff(p store.Person) store.Act {
	return about("two-steps-off", p, "desligou a verificação em duas etapas")
}

// TwoStepsReset takes it out of another's, who lost what it needs.
func TwoStepsReset(p store.Person) store.Act {
	return about("two-steps-reset", p, "tirou a verificação em duas etapas de "+p.Email)
}

// TwoStepsRequired asks it of everybody, or of nobody any more.
func TwoStepsRequired(required bool) store.Act {
	f := []store.ActField{{Name: "duas etapas", Before: "cada pessoa escolhe", After: "todas as pessoas"}}
	if required {
		return store.Act{What: "two-steps-required", Said: "passou a exigir a verificação em duas etapas de todas as pessoas", Fields: f}
	}
	f[0].Before, f[0].After = f[0].After, f[0].Before
	return store.Act{What: "two-steps-waived", Said: "deixou de exigir a verificação em duas etapas", Fields: f}
}

// RecoveryCodesMade makes a person's codes anew.
func RecoveryCodesMade(p store.Person) store.Act {
	return about("recovery-codes-made", p, "fez novos códigos de recuperação")
}

// RecoveryCodeUsed comes in by one of them.
func RecoveryCodeUsed(p store.Person) store.Act {
	return about("recovery-code-used", p, "usou um código de recuperação")
}

func role(r string) string {
	if r == "" {
		return "por conta"
	}
	return signin.Role(r).Title()
}

// PersonRemoved removes a person with their sessions and what they were to some accounts.
func PersonRemoved(p store.Person, roles []store.AccountRole) store.Act {
	a := about("person-removed", p, "removeu "+p.Email+", que tinha o papel "+role(p.Role))
	a.Fields = append([]store.ActField{{Name: "papel", Before: role(p.Role)}}, rolesApart(roles, nil)...)
	return a
}

// PasswordChanged is of one's own.
func PasswordChanged(p store.Person) store.Act {
	return about("password-changed", p, "trocou a própria senha")
}

// SessionsEnded ends sessions of a person, who may be the one who does it.
func SessionsEnded(p store.Person, own bool) store.Act {
	if own {
		return about("sessions-ended", p, "encerrou sessões próprias")
	}
	return about("sessions-ended", p, "encerrou as sessões de "+p.Email)
}

// BackupMade copies the whole database; how is "pelas páginas", say.
func BackupMade(how string) store.Act {
	return store.Act{What: "backup-made", Said: "fez uma cópia de segurança " + how}
}

// BackupRestored fills the database from a copy.
func BackupRestored() store.Act {
	return store.Act{What: "backup-restored", Said: "restaurou uma cópia de segurança"}
}

// MasterKeyRotated seals all credentials with a new master key.
func MasterKeyRotated() store.Act {
	return store.Act{What: "master-key-rotated", Said: "trocou a chave-mestra, e as credenciais foram seladas de novo"}
}
