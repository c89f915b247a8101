package config

// Customers is the mirror of customers, Auvo ⇄ Omie.
type Customers struct {
	// Enabled turns a flow that is present off.
	Enabled *bool `json:"enabled,omitempty" default:"true"`
	// Direction says which way changes cross.
	Direction Direction `json:"direction" default:"both" oneof:"both omie-to-auvo auvo-to-omie"`
	// Conflict says who wins when the same field changed on both sides.
	Conflict Conflict `json:"conflict" default:"omie" oneof:"omie auvo ask"`
	// Name says which Omie name Auvo's name mirrors.
	Name CustomerName `json:"name" default:"razao_social" oneof:"razao_social nome_fantasia"`
	// Tags chooses the Omie records that cross: those with one of these tags, or with none.
	Tags []string `json:"tags" default:"Cliente"`
	// Inactive says what happens to an inactive record that the other side does not know.
	Inactive Inactive `json:"inactive" default:"make" oneof:"make skip"`
	// Lookback is how far the first run, and the first after a gap, looks back.
	Lookback Duration `json:"lookback" default:"5h" min:"1m"`
}

// Products is the mirror of products and their stock, Omie → Auvo.
type Products struct {
	// Enabled turns a flow that is present off.
	Enabled *bool `json:"enabled,omitempty" default:"true"`
	// Lookback is how far the first run, and the first after a gap, looks back.
	Lookback Duration `json:"lookback" default:"5h" min:"1m"`
	// Stock says whether the total stock is mirrored too.
	Stock bool `json:"stock" default:"true"`
	// StockLocation chooses the place whose stock counts.
	StockLocation StockLocation `json:"stock_location" default:"default"`
}

// Services is the mirror of services, Omie → Auvo.
type Services struct {
	// Enabled turns a flow that is present off.
	Enabled *bool `json:"enabled,omitempty" default:"true"`
	// Lookback is how far the first run, and the first after a gap, looks back.
	Lookback Duration `json:"lookback" default:"5h" min:"1m"`
}

// Derive is what the flows that make documents have in common.
type Derive struct {
	// Enabled turns a flow that is present off.
	Enabled *bool `json:"enabled,omitempty" default:"true"`
	// Lookback counts whole local days on the first run and after a gap; 24h is since 00:00 of the day.
	Lookback Duration `json:"lookback" default:"24h" min:"1m"`
	// StartFrom excludes what last changed before that day; empty: the day the flow was first enabled.
	StartFrom Date `json:"start_from,omitempty"`
	// MaxDocuments is how many documents a run may make; one that would make more is held.
	MaxDocuments int `json:"max_documents" default:"100" min:"1"`
	// AdditionalCostsService is a catalogue service that carries additional costs; 0: they are left out and named.
	AdditionalCostsService int64 `json:"additional_costs_service" min:"0"`
	// OnDelete says what happens to the open document of a source that was deleted in Auvo.
	OnDelete OnDelete `json:"on_delete" default:"wait" oneof:"wait cancel"`
	// FrozenStages are the stages in Omie from which a document is not altered any more, by name or code.
	FrozenStages []string `json:"frozen_stages"`
}

// Tasks derives orders in Omie from tasks in Auvo.
type Tasks struct {
	Derive
	// Create says which documents a task becomes.
	Create Create `json:"create" default:"service-order" oneof:"service-order sales-order both"`
	// Statuses are those in which a task is ready.
	Statuses []TaskStatus `json:"statuses" required:"true" default:"finished" oneof:"opened in-displacement checked-in checked-out finished paused"`
	// TaskTypes are ids of the task types that count; empty: all.
	TaskTypes []int64 `json:"task_types" min:"1"`
	// CustomerGroups are ids of groups, of which the task's customer is in at least one; empty: all.
	CustomerGroups []int64 `json:"customer_groups" min:"1"`
	// Quoted is for a task that an exported quotation names, and a quotation whose task already has a document.
	Quoted Quoted `json:"quoted" default:"wait" oneof:"wait skip bill"`
	// HoldPending makes a task with a pendency wait.
	HoldPending bool `json:"hold_pending"`
}

// Quotations derives orders in Omie from approved quotations in Auvo.
type Quotations struct {
	Derive
	// Create says which documents a quotation becomes.
	Create Create `json:"create" default:"sales-order" oneof:"service-order sales-order both"`
	// ApprovedStages are the stages in Auvo that mean approved, by exact name or id; required while the flow is on.
	ApprovedStages []string `json:"approved_stages"`
}

// on is what every flow's On answers: present, and not turned off.
func on(enabled *bool) bool { return enabled == nil || *enabled }

// On says whether the flow runs.
func (f *Customers) On() bool { return f != nil && on(f.Enabled) }

// On says whether the flow runs.
func (f *Products) On() bool { return f != nil && on(f.Enabled) }

// On says whether the flow runs.
func (f *Services) On() bool { return f != nil && on(f.Enabled) }

// On says whether the flow runs.
func (f *Tasks) On() bool { return f != nil && on(f.Enabled) }

// On says whether the flow runs.
func (f *Quotations) On() bool { return f != nil && on(f.Enabled) }
