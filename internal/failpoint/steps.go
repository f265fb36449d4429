package failpoint

// The steps of a night, in the order in which they come by.
const (
	Claimed   = "claimed"   // the run is claimed
	Read      = "read"      // the snapshot is read
	Judged    = "judged"    // changes are known, nothing is worded
	Composed  = "composed"  // messages are worded, nothing is written
	RunNoted  = "run_noted" // in the transaction: the run is written, its cases are not
	Cased     = "cased"     // in the transaction: cases are written, messages are not
	Queued    = "queued"    // in the transaction: all is written, nothing committed
	Committed = "committed" // the night is committed, nothing is sent
	Sending   = "sending"   // a message is marked as on its way, the call not made
	Called    = "called"    // Slack has answered, the receipt is not written
	Receipted = "receipted" // the receipt is written
	Drained   = "drained"   // the outbox is empty, the process about to end
	Settled   = "settled"   // the run is written as done
)

// Steps are all of them that `dangol job` comes by.
var Steps = []string{Read, Judged, Composed, RunNoted, Cased, Queued, Committed, Sending, Called, Receipted, Drained}
