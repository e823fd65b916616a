/// When messages are due at a fixed total rate: the publishers' in turn, evenly over time.
struct PublishSchedule: Equatable, Sendable {
    /// In ns.
    let start: UInt64
    /// Messages a second, of all publishers together.
    let rate: Double
    let publishers: Int

    /// - Parameter message: From 0, of this publisher.
    /// - Returns: In ns.
    func due(_ message: UInt64, of publisher: Int) -> UInt64 {
        let place = Double(message) * Double(publishers) + Double(publisher)
        return start + UInt64(place * 1_000_000_000 / rate)
    }
}
