package fetch

// scan reads what the tags of the raw types tell the library to read.
func (r *rawTransaction) scan(s *scanner) {
	for more := s.open('{'); more && s.member(transactionFields[:]); {
		switch s.field {
		case transactionID:
			s.leaf(&r.ID)
		case transactionMerchantReference:
			s.leaf(&r.MerchantReference)
		case transactionMerchantReference2:
			s.leaf(&r.MerchantReference2)
		case transactionPaymentProduct:
			s.leaf(&r.Product)
		case transactionPaymentProductType:
			s.leaf(&r.ProductType)
		case transactionCard:
			r.Card.scan(s)
		case transactionStatus:
			s.leaf(&r.Status)
		case transactionStore:
			r.Store.scan(s)
		case transactionPayoutDestinationID:
			s.leaf(&r.PayoutDestination)
		case transactionAmount:
			s.leaf(&r.Amount)
		case transactionCurrency:
			s.leaf(&r.Currency)
		case transactionCreatedAt:
			s.instant(&r.CreatedAt)
		case transactionUpdatedAt:
			s.instant(&r.UpdatedAt)
		case transactionItems:
			r.Items = scanLines(s, r.Items)
		case transactionShippingOption:
			r.ShippingOption.scan(s)
		case transactionEvents:
			r.Events = scanEvents(s, r.Events)
		default:
			s.skip()
		}
	}
}

func (r *rawCard) scan(s *scanner) {
	for more := s.open('{'); more && s.member(cardFields[:]); {
		switch s.field {
		case cardBrand:
			s.leaf(&r.Brand)
		default:
			s.skip()
		}
	}
}

func (r *rawStore) scan(s *scanner) {
	for more := s.open('{'); more && s.member(storeFields[:]); {
		switch s.field {
		case storeID:
			s.leaf(&r.ID)
		case storeName:
			s.leaf(&r.Name)
		case storePayoutDestinationID:
			s.leaf(&r.PayoutDestination)
		default:
			s.skip()
		}
	}
}

func scanLines(s *scanner, list []rawLine) []rawLine {
	list = list[:0]
	for more := s.open('['); more && s.element(); {
		list = another(list)
		r := &list[len(list)-1]
		*r = rawLine{Splits: r.Splits[:0]}
		r.scan(s)
	}
	return list
}

func (r *rawLine) scan(s *scanner) {
	for more := s.open('{'); more && s.member(lineFields[:]); {
		switch s.field {
		case lineLineID:
			s.leaf(&r.ID)
		case lineAmount:
			s.leaf(&r.Amount)
		case lineSplits:
			r.Splits = scanSplits(s, r.Splits)
		default:
			s.skip()
		}
	}
}

func scanSplits(s *scanner, list []rawSplit) []rawSplit {
	list = list[:0]
	for more := s.open('['); more && s.element(); {
		list = append(list, rawSplit{})
		r := &list[len(list)-1]
		for more := s.open('{'); more && s.member(splitFields[:]); {
			switch s.field {
			case splitPayoutDestinationID:
				s.leaf(&r.PayoutDestination)
			case splitAmount:
				s.leaf(&r.Amount)
			default:
				s.skip()
			}
		}
	}
	return list
}

func scanEvents(s *scanner, list []rawEvent) []rawEvent {
	list = list[:0]
	for more := s.open('['); more && s.element(); {
		list = another(list)
		r := &list[len(list)-1]
		*r = rawEvent{Splits: r.Splits[:0], Lines: r.Lines[:0], Settlements: rawSettlements{r.Settlements.Events[:0]}}
		r.scan(s)
	}
	return list
}

func (r *rawEvent) scan(s *scanner) {
	for more := s.open('{'); more && s.member(eventFields[:]); {
		switch s.field {
		case eventID:
			s.leaf(&r.ID)
		case eventRequestID:
			s.leaf(&r.RequestID)
		case eventEvent:
			s.leaf(&r.Type)
		case eventTransactionStatus:
			s.leaf(&r.Status)
		case eventSuccess:
			s.leaf(&r.Success)
		case eventAmount:
			s.leaf(&r.Amount)
		case eventCalculatedVAT:
			s.leaf(&r.VAT)
		case eventEventReference:
			s.leaf(&r.Reference)
		case eventCreatedAt:
			s.instant(&r.CreatedAt)
		case eventSplits:
			r.Splits = scanSplits(s, r.Splits)
		case eventItems:
			r.Lines = scanLines(s, r.Lines)
		case eventSettlements:
			r.Settlements.scan(s)
		default:
			s.skip()
		}
	}
}

func (r *rawSettlements) scan(s *scanner) {
	for more := s.open('{'); more && s.member(settlementsFields[:]); {
		switch s.field {
		case settlementsEvents:
			r.Events = scanSettlements(s, r.Events)
		default:
			s.skip()
		}
	}
}

func scanSettlements(s *scanner, list []rawSettlement) []rawSettlement {
	list = list[:0]
	for more := s.open('['); more && s.element(); {
		list = append(list, rawSettlement{})
		r := &list[len(list)-1]
		for more := s.open('{'); more && s.member(settlementFields[:]); {
			switch s.field {
			case settlementSettlementID:
				s.leaf(&r.ID)
			case settlementFee:
				s.leaf(&r.Fee)
			default:
				s.skip()
			}
		}
	}
	return list
}

// another makes the list one longer; the element keeps what it held, for its arrays.
func another[T any](list []T) []T {
	if len(list) < cap(list) {
		return list[:len(list)+1]
	}
	var none T
	return append(list, none)
}
