import Foundation
import Testing

@testable import Zaichik

@Suite("Files that only this user can have written")
struct PrivateFileTests {
    private let folder = URL.temporaryDirectory.appending(path: "zaichik-private-\(UUID().uuidString)").path()

    private func problem(_ name: String = "f", in directory: String) -> String {
        do {
            _ = try PrivateFile.read(name, in: directory)
            return ""
        } catch {
            return (error as? CommandFailure)?.message ?? "\(error)"
        }
    }

    @Test("a file that was written is read, one that was removed is nil, and only this user can read and write it")
    func roundTrip() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try PrivateFile.read("f", in: folder) == nil)
        try PrivateFile.write("one\n", "f", in: folder)
        try PrivateFile.write("two\n", "f", in: folder)
        #expect(try PrivateFile.read("f", in: folder) == "two\n")
        for (path, mode) in [(folder, 0o700), ("\(folder)/f", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(path)")
        }
        PrivateFile.remove("f", in: folder)
        #expect(try PrivateFile.read("f", in: folder) == nil)
    }

    @Test("a link, a pipe, and a file or directory that others can write to are not trusted")
    func distrusted() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try PrivateFile.write("x", "f", in: folder)
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "\(folder)/f")
        #expect(problem("link", in: folder).contains("link is not trusted: it is a symbolic link"))
        mkfifo("\(folder)/pipe", 0o600)
        #expect(problem("pipe", in: folder).contains("pipe is not trusted: it is not a file"))
        #expect(
            problem(in: "\(folder)/f").contains("f is not trusted: it is a symbolic link, or not of the right kind"))
        chmod("\(folder)/f", 0o666)
        #expect(problem(in: folder).contains("f is not trusted: other users can write to it"))
        chmod("\(folder)/f", 0o600)
        chmod(folder, 0o777)
        #expect(problem(in: folder).contains("is not trusted: other users can write to it"))
    }

    @Test(
        "a file or directory that belongs to another user is not trusted",
        .enabled(if: getuid() == 0, "only root gives files away"))
    func foreign() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try PrivateFile.write("x", "f", in: folder)
        chown("\(folder)/f", 12345, 12345)
        #expect(problem(in: folder).contains("f is not trusted: it belongs to user 12345"))
        chown(folder, 12345, 12345)
        #expect(problem(in: folder).contains("is not trusted: it belongs to user 12345"))
        #expect(throws: CommandFailure.self) { try PrivateFile.write("y", "g", in: folder) }
    }
}
