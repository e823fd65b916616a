import ZaichikProtocol

@testable import ZaichikClient

extension ClientRequest {
    /// A subscription without options.
    static func subscribe(
        _ pattern: TopicPattern, _ start: StartPosition, incarnation: UInt64? = nil
    ) -> ClientRequest {
        .subscribe(SubscriptionRequest(pattern: pattern, start: start, incarnation: incarnation))
    }
}
