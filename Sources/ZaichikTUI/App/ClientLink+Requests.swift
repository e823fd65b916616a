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
        let isNew = if let topic = pattern.name { try await create(topic, client) } else { false }
        try await client.subscribe(to: pattern, from: start)
        post(.subscribed(Subscription(pattern: pattern, start: start)))
        if isNew { post(.created(topic: pattern.string)) }
    }

    /// Creates a topic before it is used, if it does not exist. Its name may be mistyped, so that is to be told.
    private func create(_ topic: TopicName, _ client: ZaichikClient) async throws(ClientError) -> Bool {
        if topic.isReserved { return false }
        return try await client.createTopic(topic) == .created
    }

    func publish(_ message: OutgoingMessage) {
        let topic = message.topic
        let result = { @Sendable (outcome: PublishResult.Outcome) in
            PublishResult(
                topic: topic.string, key: message.key ?? "", length: message.body.count, outcome: outcome,
                time: SystemClock.now, isTraced: message.isTraced)
        }
        guard let client = connectedClient() else {
            return post(.published(result(.notSent(ErrorText.notConnected))))
        }
        let headers = Headers(message.headers.map { Headers.Field($0.name, $0.value) })
        Task {
            // Whatever ends the connection until then, the message has not been sent.
            var isSent = false
            do throws(ClientError) {
                if try await self.create(topic, client) { self.post(.created(topic: topic.string)) }
                isSent = true
                let receipt = try await client.publishWithReceipt(
                    ByteBuffer(bytes: message.body), to: topic, key: message.key.map { ByteBuffer(string: $0) },
                    headers: headers, traced: message.isTraced)
                self.post(.published(result(Self.outcome(of: receipt))))
            } catch {
                self.post(.published(result(Self.outcome(of: error, isSent: isSent))))
            }
        }
    }

    private static func outcome(of receipt: Receipt) -> PublishResult.Outcome {
        switch receipt.outcome {
        case .accepted: .accepted(sequence: receipt.sequence, queues: receipt.queues)
        case .duplicate: .duplicate(sequence: receipt.sequence)
        case .delayed: .delayed(queues: receipt.queues)
        }
    }

    /// What became of a message if its publish failed.
    private static func outcome(of error: ClientError, isSent: Bool) -> PublishResult.Outcome {
        switch error.code {
        case .connectionLost, .closed, .cancelled: isSent ? .unknown(error.message) : .notSent(error.message)
        case .refused(let code) where code.scope == .connection && isSent: .unknown(error.message)
        case .notSent: .notSent(error.message)
        default: .refused(error.message)
        }
    }

    /// Beside a client that is shown, "the client" of the library's text would be taken for that one.
    static func problem(_ error: ClientError) -> String {
        error.code == .connectionLost ? ErrorText.notConnected : error.message
    }

    func inspect(_ id: UInt64) {
        guard let client = connectedClient() else { return post(.noDetail(id: id, ErrorText.notConnected)) }
        Task {
            do throws(ClientError) {
                self.post(.detail(id: id, try await client.client(id: id)))
            } catch {
                self.post(.noDetail(id: id, Self.problem(error)))
            }
        }
    }

    func inspect(_ topic: TopicName) {
        guard let client = connectedClient() else {
            return post(.noTopicDetail(name: topic.string, ErrorText.notConnected))
        }
        Task {
            do throws(ClientError) {
                self.post(.topicDetail(name: topic.string, try await client.topic(topic, rows: TopicText.mostRows)))
            } catch {
                self.post(.noTopicDetail(name: topic.string, Self.problem(error)))
            }
        }
    }

    func inspect(session name: String) {
        guard let client = connectedClient() else {
            return post(.noSessionDetail(name: name, ErrorText.notConnected))
        }
        Task {
            do throws(ClientError) {
                self.post(.sessionDetail(try await client.session(name)))
            } catch {
                self.post(.noSessionDetail(name: name, Self.problem(error)))
            }
        }
    }

    /// Tells what this program's session subscribed to before it came, and subscribes to the same. That changes nothing
    /// now; but if the session is another one after a reconnect, the client library subscribes again.
    func continueSubscriptions(of client: ZaichikClient) {
        guard let name = sessionName else { return }
        Task {
            do throws(ClientError) {
                let detail = try await client.session(name)
                var before: [Subscription] = []
                for subscription in detail.subscriptions {
                    guard let pattern = try? TopicPattern(subscription.pattern) else { continue }
                    try await client.subscribe(
                        to: pattern, from: .session, options: subscription.options, fallback: .new)
                    before.append(Subscription(pattern: pattern, start: .session))
                }
                self.post(.resumed(session: name, before))
            } catch {
                self.post(.refused(error.message))
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
        let (content, fields) = (delivery.content, delivery.headers.fields)
        let headers = Self.kept(fields)
        self.init(
            topic: delivery.topic.string, sequence: delivery.sequence, timestamp: delivery.timestamp,
            key: delivery.key.map { Array($0.readableBytesView) }, headers: headers,
            omittedHeaders: fields.count - headers.count,
            payload: Array(content.readableBytesView.prefix(Self.maximumKept)), length: content.readableBytes,
            number: delivery.number, connection: connection, attempt: delivery.attempt, cause: delivery.cause,
            reason: delivery.reason)
    }

    /// The first headers, copied: what is kept must not keep the whole message.
    private static func kept(_ fields: [Headers.Field]) -> [ReceivedHeader] {
        var room = maximumHeaderBytes
        return fields.prefix { field in
            room -= field.name.utf8.count + field.value.readableBytes
            return room >= 0
        }.map { ReceivedHeader(name: $0.name, value: Array($0.value.readableBytesView)) }
    }
}
