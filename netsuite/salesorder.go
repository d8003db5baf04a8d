package netsuite

import (
	"context"
	"net/http"

	"radioquote/quoting"
)

const salesOrderPath = "/services/rest/record/v1/salesOrder"

// MakeSalesOrder transforms an Estimate, by its internal id, into the sales order of an
// external id. After OutcomeUnknown read the sales order before doing it again: a second
// transformation makes a second order.
func (c *Client) MakeSalesOrder(ctx context.Context, estimate int64, id string) error {
	if estimate < 1 || !externalID.MatchString(id) {
		return refuse(routeWriteEstimate, "a sales order %q of estimate %d", id, estimate)
	}
	body := struct {
		ExternalID string `json:"externalId"`
	}{id}
	return c.write(ctx, http.MethodPost, estimatePath+"/"+idText(estimate)+"/!transform/salesOrder", body)
}

// ReadSalesOrder reads the sales order of an external id with all its lines. It is false
// where there is none.
func (c *Client) ReadSalesOrder(ctx context.Context, id string) (quoting.Estimate, bool, error) {
	return c.readTransaction(ctx, salesOrderPath, id)
}
