package audit

import (
	"ponte/internal/signin"
	"ponte/internal/store"
)

// about is an act about a person.
func about(what string, p store.Person, said string) store.Act {
	return store.Act{What: what, About: p.Email, Said: said}
}

// PersonInvited adds a person, who comes in by a link.
func PersonInvited(p store.Person) store.Act {
	a := about("person-invited", p, "convidou "+p.Email)
	a.Fields = []store.ActField{{Name: "papel", After: role(p.Role)}}
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

// RoleChanged gives a person another role.
func RoleChanged(p store.Person, now string) store.Act {
	a := about("role-changed", p, "mudou o papel de "+p.Email)
	a.Fields = []store.ActField{{Name: "papel", Before: role(p.Role), After: role(now)}}
	return a
}

func role(r string) string { return signin.Role(r).Title() }

// PersonRemoved removes a person with their sessions.
func PersonRemoved(p store.Person) store.Act {
	return about("person-removed", p, "removeu "+p.Email+", que tinha o papel "+role(p.Role))
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
