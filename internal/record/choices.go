package record

// The catalogues of both sides from which a person chooses settings.
const (
	TaskTypes       = "task-types"
	CustomerGroups  = "customer-groups"
	QuotationStages = "quotation-stages" // those seen: no list names them all
	Categories      = "categories"
	BankAccounts    = "bank-accounts"
	PaymentTerms    = "payment-terms"
	ServiceStages   = "service-stages"
	SalesStages     = "sales-stages"
	CatalogServices = "services"
	StockLocations  = "stock-locations"
	Projects        = "projects"
	Salespeople     = "salespeople"
	Companies       = "companies" // that the key opens, by CNPJ
	Users           = "users"     // who works in the field system
)

// A Catalogue is what a side offers for a setting.
type Catalogue struct {
	Name    string   `json:"name"`
	Choices []Choice `json:"choices"`
	Wrong   string   `json:"wrong,omitempty"` // why it could not be read, in the vendor's words
}

// A Choice is one value of a catalogue. Code is what the setting holds.
type Choice struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}
