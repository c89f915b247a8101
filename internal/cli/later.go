package cli

// The commands of later versions stand in the table, with their help and an
// example, and say that this version lacks them.

type subjectCmd struct {
	Find   subjectFindCmd   `cmd:"" help:"Find a person's data."`
	Export subjectExportCmd `cmd:"" help:"Export a person's data."`
	Erase  subjectEraseCmd  `cmd:"" help:"Erase a person's data."`
}

type subject struct {
	Document string `arg:"" optional:"" help:"CPF/CNPJ, e-mail or name."`
}

type subjectFindCmd struct{ subject }

func (subjectFindCmd) Help() string {
	return "Example:\n  ponte subject find 111.444.777-35\n\nThis version lacks it."
}

func (subjectFindCmd) Run() error { return ErrNotInThisVersion }

type subjectExportCmd struct{ subject }

func (subjectExportCmd) Help() string {
	return "Example:\n  ponte subject export 111.444.777-35\n\nThis version lacks it."
}

func (subjectExportCmd) Run() error { return ErrNotInThisVersion }

type subjectEraseCmd struct{ subject }

func (subjectEraseCmd) Help() string {
	return "Example:\n  ponte subject erase 111.444.777-35\n\nThis version lacks it."
}

func (subjectEraseCmd) Run() error { return ErrNotInThisVersion }
