/// How long ago the broker gave a sign of life, and how old the figures on the screen are.
///
/// A broker that answers sends something every two seconds at least, since it is asked for the round trip so often, and
/// statistics twice a second.
struct Freshness: Equatable, Sendable {
    /// After this silence, in µs, the header says that there is no answer.
    static let silent = 4 * Moment.second
    /// Figures older than this, in µs, are marked.
    static let old = 2 * Moment.second
    /// If nothing happened here for so long, in µs, it was this program that stood still.
    private static let away = 5 * Moment.second

    /// The last sign of life.
    private(set) var heard: Moment = 0
    /// When the figures came; nil if there are none.
    private(set) var figures: Moment?
    /// When this was judged last.
    private var judged: Moment = 0
    /// How long there has been no answer, in whole seconds; nil if there was one just now.
    private(set) var silence: UInt64?
    /// How old the figures are, in whole seconds; nil if they are not old.
    private(set) var age: UInt64?

    mutating func hear(now: Moment) {
        heard = now
        silence = nil
    }

    mutating func takeFigures(now: Moment) {
        figures = now
        age = nil
    }

    /// Judges what has become old.
    ///
    /// - Parameter isConnected: Without a connection no answer is expected.
    mutating func judge(now: Moment, isConnected: Bool) {
        // Stopped, or the machine slept: what the broker sent meanwhile is still to be read.
        if now.since(judged) > Self.away { heard = now }
        judged = now
        // The clock was set back.
        heard = min(heard, now)
        figures = figures.map { min($0, now) }
        let quiet = now.since(heard)
        silence = isConnected && quiet >= Self.silent ? quiet / Moment.second : nil
        age = figures.flatMap { now.since($0) >= Self.old ? now.since($0) / Moment.second : nil }
    }

    /// When the screen has to change if nothing happens until then.
    func nextChange(isConnected: Bool) -> Moment? {
        let silent = isConnected ? silence.map { heard + ($0 + 1) * Moment.second } ?? heard + Self.silent : nil
        let old = figures.map { figures in
            age.map { figures + ($0 + 1) * Moment.second } ?? figures + Self.old
        }
        return [silent, old].compactMap { $0 }.min()
    }
}
