import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension ClientLink {
    /// Sends a request to the broker, and reports a refusal.
    func ask(_ body: @escaping @Sendable (ZaichikClient) async throws -> Void) {
        guard let client = connectedClient() else { return post(.refused(ErrorText.notConnected)) }
        Task {
            do {
                try await body(client)
            } catch {
                self.post(.refused("\(error)"))
            }
        }
    }

    func subscribe(
        _ client: ZaichikClient, _ pattern: TopicPattern, _ start: StartPosition
    ) async throws(ClientError) {
        try await client.subscribe(to: pattern, from: start)
        post(.subscribed(Subscription(pattern: pattern, start: start)))
    }

    func publish(_ topic: TopicName, _ key: String?, _ body: String) {
        let result = { @Sendable (outcome: PublishResult.Outcome) in
            PublishResult(
                topic: topic.string, key: key ?? "", length: body.utf8.count, outcome: outcome, time: SystemClock.now)
        }
        guard let client = connectedClient() else {
            return post(.published(result(.refused(ErrorText.notConnected))))
        }
        Task {
            do throws(ClientError) {
                let receipt = try await client.publishWithReceipt(
                    ByteBuffer(string: body), to: topic, key: key.map { ByteBuffer(string: $0) })
                let accepted = receipt.outcome == .accepted
                self.post(
                    .published(
                        result(
                            accepted
                                ? .accepted(sequence: receipt.sequence, queues: receipt.queues)
                                : .duplicate(sequence: receipt.sequence))))
            } catch {
                self.post(.published(result(.refused(error.message))))
            }
        }
    }

    func inspect(_ id: UInt64) {
        guard let client = connectedClient() else { return post(.noDetail(id: id, ErrorText.notConnected)) }
        Task {
            do throws(ClientError) {
                self.post(.detail(id: id, try await client.client(id: id)))
            } catch {
                self.post(.noDetail(id: id, error.message))
            }
        }
    }

    /// Watches until it is cancelled; starts again whenever there is a new connection.
    func watch(_ request: WatchRequest) async {
        while !Task.isCancelled {
            if let client = connectedClient() {
                do throws(ClientError) {
                    var updates = try await client.watch(request).makeAsyncIterator()
                    while let update = try await updates.next() {
                        if Task.isCancelled { return }
                        post(.statistics(update))
                    }
                } catch {
                    if case .refused = error.code { return post(.refused(error.message)) }
                }
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}

extension ReceivedMessage {
    init(_ delivery: Delivery, connection: UInt64) {
        self.init(
            topic: delivery.topic.string, sequence: delivery.sequence, timestamp: delivery.timestamp,
            key: delivery.key.map { Array($0.readableBytesView) },
            payload: Array(delivery.payload.readableBytesView.prefix(Self.maximumKept)),
            length: delivery.payload.readableBytes, number: delivery.number, connection: connection)
    }
}
