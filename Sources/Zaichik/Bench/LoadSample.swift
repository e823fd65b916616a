/// Where a run stands.
struct LoadSample: Sendable {
    /// When it was taken, in ns.
    var time: UInt64 = 0
    var sent: UInt64 = 0
    var confirmed: UInt64 = 0
    var refused: UInt64 = 0
    /// To subscribers that are not slow.
    var delivered: UInt64 = 0
    var deliveredBytes: UInt64 = 0
    var gaps: UInt64 = 0
    var isPublishing = false
    /// In ns.
    var lastConfirm: UInt64 = 0
    var lastDelivery: UInt64 = 0
    /// What ended a connection.
    var failure: String?
    /// Why the first of the messages refused was.
    var refusal: String?

    /// Grows as long as something happens.
    var progress: UInt64 { sent + confirmed + delivered + gaps }

    static func += (sum: inout LoadSample, other: LoadSample) {
        sum.time = max(sum.time, other.time)
        sum.sent += other.sent
        sum.confirmed += other.confirmed
        sum.refused += other.refused
        sum.delivered += other.delivered
        sum.deliveredBytes += other.deliveredBytes
        sum.gaps += other.gaps
        sum.isPublishing = sum.isPublishing || other.isPublishing
        sum.lastConfirm = max(sum.lastConfirm, other.lastConfirm)
        sum.lastDelivery = max(sum.lastDelivery, other.lastDelivery)
        sum.failure = sum.failure ?? other.failure
        sum.refusal = sum.refusal ?? other.refusal
    }
}
