using TaskDsl.Data;
using TaskDsl.Data.Sources;

namespace TaskDsl.Tests.Data;

/// <summary>Reading on all cores gives what reading on one gives, in memory that does not grow with the data.</summary>
public sealed class ParallelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-parallel-").FullName;

    private DataOptions Options => new() { ProjectDirectory = folder };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Order_fingerprint_parts_report_and_rejects_do_not_depend_on_threads()
    {
        Write(
            "a.jsonl",
            Lines(20_000, i => i % 97 == 0 ? "broken" : $$"""{"text":"t{{i * 7919 % 15_000}} {{new string('x', i % 50)}}","mood":"good"}""")
        );
        Write("b.jsonl", Lines(3_000, i => $$"""{"text":"u{{i}}","mood":"bad"}"""));
        var one = await Run(1);
        foreach (var threads in new[] { 2, 3, 16 })
            Assert.Equal(one, await Run(threads));
        Assert.Equal(207, one[^1].Count(c => c == '\n'));

        async Task<string[]> Run(int threads)
        {
            using var data = await LenientNote
                .Build()
                .From(new JsonLines { Path = "*.jsonl" })
                .Deduplicate()
                .ToDatasetAsync(Options with { Threads = threads });
            var report = data.Report;
            Assert.Equal(report.Read, report.Kept + report.Dropped.Values.Sum());
            return
            [
                data.Fingerprint,
                .. data.Train.Concat(data.Validation).Concat(data.Test).Select(e => $"{e.Origin} {e.Input.Text}"),
                string.Join(' ', report.Dropped),
                .. report.DroppedSamples,
                File.ReadAllText(Path.Combine(folder, "aside", "rejects.jsonl")),
            ];
        }
    }

    [Theory, InlineData(1), InlineData(8)]
    public async Task The_first_error_in_the_files_order_is_the_one_that_is_told(int threads)
    {
        Write("a.jsonl", Lines(30_000, i => i is 20_011 or 20_012 or 29_999 ? "broken" : """{"text":"a","mood":"good"}"""));
        Write("b.jsonl", "broken");
        var error = await Assert.ThrowsAsync<DataException>(() =>
            Note.Build().From(new JsonLines { Path = "*.jsonl" }).ToDatasetAsync(Options with { Threads = threads })
        );
        Assert.StartsWith("a.jsonl(20012): error: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_breaks_off_comes_after_what_was_read_of_it()
    {
        Write("a.txt", "");
        var error = await Assert.ThrowsAsync<DataException>(() =>
            LenientNote.Build().From(new BreaksOff { Path = "a.txt", Good = 5_000 }).ToDatasetAsync(Options)
        );
        Assert.StartsWith("a.txt: cannot be read: the disk is gone", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<DataException>(() =>
            Note.Build()
                .From(
                    new BreaksOff
                    {
                        Path = "a.txt",
                        Good = 5_000,
                        Bad = 4_999,
                    }
                )
                .ToDatasetAsync(Options)
        );
        Assert.StartsWith("a.txt(4999): error: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_is_read_no_further_than_its_records_are_taken()
    {
        Write("a.txt", "");
        var source = new BreaksOff
        {
            Path = "a.txt",
            Good = 1_000_000,
            Bad = 1_000,
        };
        await Assert.ThrowsAsync<DataException>(() => Note.Build().From(source).ToDatasetAsync(Options with { Threads = 4 }));
        Assert.InRange(BreaksOff.Given, 1_000, 20_000);
    }

    private sealed record BreaksOff : FileSource
    {
        public static long Given { get; private set; }

        public required int Good { get; init; }

        public int Bad { get; init; }

        public override async IAsyncEnumerable<SourceRecord> ReadAsync(
            string path,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            await Task.Yield();
            for (var line = 1; line <= Good; line++)
            {
                Given = line;
                yield return new SourceRecord(line == Bad ? "bad"u8.ToArray() : """{"text":"a","mood":"good"}"""u8.ToArray(), line);
            }

            throw new IOException("the disk is gone");
        }
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private static string Lines(int count, Func<int, string> line) => string.Join('\n', Enumerable.Range(0, count).Select(line));
}
