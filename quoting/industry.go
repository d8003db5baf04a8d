package quoting

// IndustryCode names an approved industry, such as k12_education, or General.
type IndustryCode string

// General is the sizing profile for "not said". It is an assumption and not an industry:
// it is not offered, and no submitted quote carries it.
const General IndustryCode = "general"

// TechnologyChoice is the technology that a rep names.
type TechnologyChoice string

const (
	ChooseAnalog TechnologyChoice = "analog"
	ChooseDMR    TechnologyChoice = "dmr"
	ChoosePoC    TechnologyChoice = "poc"
	ChooseP25    TechnologyChoice = "p25"
)

// Band is the radio band that a rep names; empty means UHF.
type Band string

const (
	UHF        Band = "uhf"
	VHF        Band = "vhf"
	Band700800 Band = "700_800"
)
