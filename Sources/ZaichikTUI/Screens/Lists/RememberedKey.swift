import NIOCore
import ZaichikProtocol

/// A key within the deduplication window of a topic: the message that has it suppresses others with the same key.
struct RememberedKey: Equatable, Sendable {
    /// The one that was published first.
    var message: ParkedMessage
    /// How many later ones with the key the topic keeps: each consumer that got the first is spared them.
    var repeats: Int
    /// Until when it suppresses, in µs since 1970.
    var until: Moment

    /// The newest messages of a topic that are looked through for keys.
    static let mostMessages = 1024

    /// The keys of messages, the newest first.
    ///
    /// - Parameters:
    ///   - messages: In the order of their sequences.
    ///   - window: How long a key is remembered, in ms.
    ///   - now: By the broker's clock.
    static func keys(of messages: [PeekedMessage], window: UInt64, now: Moment) -> [RememberedKey] {
        let (span, isLong) = window.multipliedReportingOverflow(by: 1000)
        var found: [RememberedKey] = []
        var places: [[UInt8]: Int] = [:]
        for row in messages where row.message.hasKey {
            let message = row.message
            let (end, isFar) = message.timestamp.addingReportingOverflow(span)
            let until = isLong || isFar ? .max : end
            let key = Array(message.key.readableBytesView)
            // A repetition does not prolong the window: it is over when that of the first one is.
            if let place = places[key], message.timestamp < found[place].until {
                found[place].repeats += 1
            } else {
                places[key] = found.count
                found.append(RememberedKey(message: message, repeats: 0, until: until))
            }
        }
        return found.filter { $0.until > now }.reversed()
    }
}
