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

    /// How many messages of this publisher are due.
    ///
    /// - Parameter now: In ns.
    func count(by now: UInt64, of publisher: Int) -> UInt64 {
        guard now >= start else { return 0 }
        let place = Double(now - start) * rate / 1_000_000_000
        guard place >= Double(publisher) else { return 0 }
        return UInt64((place - Double(publisher)) / Double(publishers)) + 1
    }
}
