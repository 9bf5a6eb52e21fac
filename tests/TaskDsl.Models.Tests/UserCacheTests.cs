using TaskDsl.App.Sessions;
using TaskDsl.Disk;
using TaskDsl.Models.MiniLM;

namespace TaskDsl.Models.Tests;

public sealed class UserCacheTests
{
    [Fact]
    public async Task Several_processes_fill_one_cache_at_once()
    {
        using var folder = new TempFolder();
        var all = Enumerable.Range(0, 4).Select(_ => Desk.EndAsync(Desk.Start(folder.Path, "embed", "minilm", "-"), "rain\n"));
        var answers = await Task.WhenAll(all);
        Assert.All(answers, answer => Assert.True(answer.Code == ExitCode.Success, answer.Printed));
        Assert.Single(answers.Select(answer => answer.Printed).Distinct());
        Assert.Equal(
            Path.GetFileName(new MiniLmModel().FindFolder()),
            Assert.Single(Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName))
        );
    }

    [Fact]
    public async Task What_is_half_written_changed_or_of_another_version_is_not_used()
    {
        using var folder = new TempFolder();
        var name = Path.GetFileName(new MiniLmModel().FindFolder());
        var whole = folder.In(name);
        Directory.CreateDirectory(folder.In("minilm-0123456789abcdef")); // Another version's: it stays.
        await File.WriteAllTextAsync(folder.In("minilm-0123456789abcdef", "config.json"), "{}", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder.In(name + ".old.tmp")); // A killed process's.
        await File.WriteAllTextAsync(folder.In(name + ".old.tmp", "model.safetensors"), "half", TestContext.Current.CancellationToken);
        Directory.SetLastWriteTimeUtc(folder.In(name + ".old.tmp"), DateTime.UtcNow.AddHours(-2));
        Directory.CreateDirectory(folder.In(name + ".new.tmp")); // One that may still write.
        await Filled();
        string[] expected = [name, name + ".new.tmp", "minilm-0123456789abcdef"];
        Assert.Equal(expected.Order(), Directory.GetDirectories(folder.Path).Select(path => Path.GetFileName(path)).Order());
        foreach (
            var broken in new Action[]
            {
                () => File.Delete(Path.Combine(whole, "vocab.txt")),
                () => File.WriteAllText(Path.Combine(whole, "extra.txt"), "x"),
                () => Change(Path.Combine(whole, "model.safetensors"), stream => stream.SetLength(stream.Length / 2)),
                () => Change(Path.Combine(whole, "model.safetensors"), stream =>
                    {
                        stream.Position = stream.Length / 2;
                        stream.WriteByte(0x55);
                    }),
                () => Directory.Delete(Path.Combine(whole, "1_Pooling"), recursive: true),
            }
        )
        {
            broken();
            await Filled();
        }

        async Task Filled()
        {
            var (code, printed) = await Desk.EndAsync(Desk.Start(folder.Path, "inspect", "minilm"));
            Assert.True(code == ExitCode.Success, printed);
            Assert.Equal(UserCache.Hash(new MiniLmModel().FindFolder()), UserCache.Hash(whole));
        }

        static void Change(string path, Action<FileStream> change)
        {
            using var stream = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
            change(stream);
        }
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_told_and_one_that_is_filled_is_read()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.In("file"), "", TestContext.Current.CancellationToken);
        await Refused(folder.In("file"), "file");
        if (OperatingSystem.IsLinux())
            await Refused("/proc/taskdsl", "/proc/taskdsl"); // For the system's administrator too.

        var name = Path.GetFileName(new MiniLmModel().FindFolder());
        var (code, printed) = await Desk.EndAsync(Desk.Start(folder.In("whole"), "inspect", "minilm"));
        Assert.True(code == ExitCode.Success, printed);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.In("whole"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            File.SetUnixFileMode(folder.In("whole", name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        (code, printed) = await Desk.EndAsync(Desk.Start(folder.In("whole"), "inspect", "minilm"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.In("whole"), (UnixFileMode)0b111_101_101);
            File.SetUnixFileMode(folder.In("whole", name), (UnixFileMode)0b111_101_101);
        }

        Assert.True(code == ExitCode.Success, printed);

        static async Task Refused(string cache, string named)
        {
            var (code, printed) = await Desk.EndAsync(Desk.Start(cache, "inspect", "minilm"));
            Assert.True(code == ExitCode.Mistake, printed);
            Assert.Contains(named, printed, StringComparison.Ordinal);
            Assert.Contains("TASKDSL_CACHE", printed, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", printed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_written_is_held_to_its_hash_and_failures_leave_nothing()
    {
        using var folder = new TempFolder();
        var before = Environment.GetEnvironmentVariable("TASKDSL_CACHE");
        Environment.SetEnvironmentVariable("TASKDSL_CACHE", folder.Path);
        try
        {
            var error = Assert.Throws<IOException>(() => UserCache.Folder("thing", new string('0', 64), Write));
            Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidDataException>(() =>
                UserCache.Folder("thing", new string('0', 64), _ => throw new InvalidDataException())
            );
            Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

            Directory.CreateDirectory(folder.In("right"));
            Write(folder.In("right"));
            var hash = UserCache.Hash(folder.In("right"));
            var found = UserCache.Folder("thing", hash, Write);
            Assert.Equal(found, UserCache.Folder("thing", hash, _ => throw new InvalidDataException()));
            Assert.Equal(found, UserCache.Find("/home/another/" + Path.GetFileName(found)));
            Assert.Null(UserCache.Find("/home/another/models"));
            Assert.Null(UserCache.Find("/"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TASKDSL_CACHE", before);
        }

        static void Write(string to) => File.WriteAllText(Path.Combine(to, "a.txt"), "a");
    }
}
