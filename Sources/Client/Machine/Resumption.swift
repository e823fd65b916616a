import NIOCore
import ZaichikProtocol

/// Stands for whoever waits for an answer.
typealias WaiterID = UInt64

/// What an answer brings.
enum Answer: Equatable, Sendable {
    /// Connected, room again, or confirmed: nothing more to say.
    case done
    /// What an OK says besides.
    case detail(ByteBuffer)
    case topicID(UInt32)
    case receipt(Receipt)
    case flushed(FlushResult)
    case topics(RowPage<TopicStatistics>)
    case clients(RowPage<ClientStatistics>)
    case client(ClientDetail)
    case roundTrip(Duration)
}

/// Someone waits no longer.
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
