import NIOCore
import ZaichikProtocol

/// Stands for a task that waits for an answer.
typealias WaiterID = UInt64

/// The content of an answer.
enum Answer: Equatable, Sendable {
    /// Connected or confirmed: there is no more to say.
    case done
    /// There is room to publish again.
    case hasRoom
    /// The detail of an OK.
    case detail(ByteBuffer)
    case topicID(UInt32)
    case receipt(Receipt)
    case flushed(FlushResult)
    case topics(RowPage<TopicStatistics>)
    case clients(RowPage<ClientStatistics>)
    case client(ClientDetail)
    case topic(TopicDetail)
    case sessions(RowPage<SessionStatistics>)
    case session(SessionDetail)
    case parked(RowPage<ParkedMessage>)
    case acted(Acted)
    case peeked(RowPage<PeekedMessage>)
    case observed(ObservationAnswer)
    case roundTrip(Duration)
}

/// The end of a task's wait.
struct Resumption: Equatable, Sendable {
    var waiter: WaiterID
    var result: Result<Answer, ClientError>

    static func success(_ waiter: WaiterID, _ answer: Answer = .done) -> Resumption {
        Resumption(waiter: waiter, result: .success(answer))
    }

    static func failure(_ waiter: WaiterID, _ error: ClientError) -> Resumption {
        Resumption(waiter: waiter, result: .failure(error))
    }
}
