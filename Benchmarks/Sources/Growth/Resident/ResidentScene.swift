/// One way in which clients can make a broker grow.
struct ResidentScene: Sendable {
    let name: String
    /// In bytes.
    var memoryLimit = 256 << 20
    /// Makes it grow. What it puts into the load is there until the load is let go.
    ///
    /// - Returns: What became of it, in a few words.
    let grow: @Sendable (Stage, Load) throws -> String

    static let all = state + input + output + logs

    /// The clients that make a broker grow by being there.
    final class Load: @unchecked Sendable {
        private var offenders: [Offender] = []
        /// Done first when the load goes. It says what came of that.
        var atEnd: (() throws -> String)?

        func add(_ more: [Offender]) { offenders += more }

        /// One after the other: what is there is kept, however far it comes.
        func connect(_ count: Int, _ stage: Stage, window: UInt32 = 0, _ prepare: (Offender, Int) throws -> Void) throws
        {
            for index in 0..<count {
                _ = try stage.connect(1, window: window) { offender, _ in
                    add([offender])
                    try prepare(offender, index)
                }
            }
        }

        func letGo() throws -> String {
            defer { for offender in offenders { offender.leave() } }
            return try atEnd?() ?? ""
        }
    }
}
