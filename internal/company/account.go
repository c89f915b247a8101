package company

import (
	"fmt"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// redundancy is how long the company's Omie refuses an identical request: a
// second, so that a demo needs no minute between two looks.
const redundancy = time.Second

// AccountID is the id of the company's account in AccountYAML.
const AccountID = "polo-sul"

const accountFile = `accounts:
  - id: %s
    name: Polo Sul Climatização
    auvo:
      base_url: %q
      api_key: %q
      api_token: %q
    omie:
      base_url: %q
      app_key: %q
      app_secret: %q
      redundancy_window: %s
    every: 1m
    flows:
      customers: {direction: both, conflict: omie, tags: [Cliente]}
      products: {stock: true}
      services: {}
      tasks: {create: both, statuses: [finished], max_documents: %d}
      quotations: {create: sales-order, approved_stages: [%s], max_documents: %d}
    orders:
      service_order: {category: "1.01.02", bank_account: %d}
      sales_order: {category: "1.01.03", bank_account: %d}
`

// AccountYAML is a complete accounts file that joins the two simulators, which
// answer under these addresses (Auvo's with /v2, Omie's with /api/v1). The
// credentials in it are the simulators' own and open nothing else.
func (c *Company) AccountYAML(auvoURL, omieURL string) string {
	most := 100 * c.scale
	return fmt.Sprintf(accountFile, AccountID, auvoURL, auvosim.DefaultAPIKey, auvosim.DefaultAPIToken,
		omieURL, omiesim.DefaultAppKey, omiesim.DefaultAppSecret, redundancy, most, approved, most,
		omiesim.DefaultAccount, omiesim.DefaultAccount)
}
