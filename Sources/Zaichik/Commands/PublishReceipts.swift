import ZaichikClient
import ZaichikProtocol

/// Publishes messages one after the other, and prints what became of each.
struct PublishReceipts {
    /// The sum of what became of them.
    private(set) var result = FlushResult()
    private var output = StandardOutput()

    /// - Throws: The client's error, unless it is a refusal of this message.
    mutating func publish(
        _ message: MessageSource.Message, to topic: TopicName, traced: Bool, _ client: ZaichikClient
    ) async throws {
        do throws(ClientError) {
            let receipt = try await client.publishWithReceipt(
                message.payload, to: topic, key: message.key, headers: message.headers, traced: traced)
            result.confirmed += 1
            if receipt.outcome == .duplicate { result.duplicates += 1 }
            output.line("\(receipt.sequence) \(receipt.outcome) \(receipt.queues)")
        } catch {
            guard case .refused(let code) = error.code, code.scope == .request else {
                if error.code != .notSent { result.unanswered += 1 }
                throw error
            }
            result.refused += 1
            if result.firstRefusal == nil { result.firstRefusal = error }
            output.line("0 refused \(code.name)")
        }
        try output.flush()
    }
}
