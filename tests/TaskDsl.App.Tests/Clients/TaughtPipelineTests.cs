using System.Diagnostics;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests.Clients;

/// <summary>The pipeline with a teacher outside, by its YAML: in this process, and in one that is killed again and again.</summary>
public sealed class TaughtPipelineTests : IDisposable
{
    private const string Variable = "TASKDSL_DESK_KEY";
    private const int Notes = 200;
    private const int Kills = 8;
    private const int Concurrency = 3;

    private readonly TempFolder runs = new();
    private readonly string key = $"sk-{Guid.NewGuid():n}";

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task The_key_is_in_nothing_that_is_printed_or_written()
    {
        Environment.SetEnvironmentVariable(Variable, key);
        try
        {
            await using var teacher = await Teacher.StartAsync(
                (context, at, _) =>
                    at switch
                    {
                        0 => Teacher.WriteAsync(context, 500, $"who is {key}?"),
                        < 3 => Teacher.SayAsync(context, "sunny"),
                        < 5 => Teacher.WriteAsync(context, 403, $"not you, {key}"),
                        5 => Teacher.SayAsync(context, $"rainy {key}"),
                        _ => Teacher.SayAsync(context, "rainy"),
                    }
            );
            string[] command = ["run", "taught", "--out", runs.Path, "--set", $"labelled.client.openai.endpoint={teacher.Endpoint}"];
            string[] slowly = [.. command, "--set", "labelled.client.openai.concurrency=1"];
            var (code, printed) = await Desk.RunAsync(slowly);
            Assert.Equal(ExitCode.Mistake, code);
            printed = printed.ReplaceLineEndings(" ");
            Assert.Contains("500 Internal Server Error: who is ***?. Attempt 2 of 2", printed, StringComparison.Ordinal);
            Assert.Contains("403 Forbidden: not you, ***. Look at the key", printed, StringComparison.Ordinal);
            Assert.Contains("2 of 4 are answered and kept", printed, StringComparison.Ordinal);
            (code, var second) = await Desk.RunAsync(slowly); // Once more refused: nothing of it is kept as an answer.
            Assert.Equal(ExitCode.Mistake, code);
            (code, var third) = await Desk.RunAsync(slowly);
            Assert.True(code == ExitCode.Success, third);
            Assert.Contains("questions answered before 2", third.ReplaceLineEndings(" "), StringComparison.Ordinal);
            Assert.DoesNotContain(key, printed + second + third, StringComparison.Ordinal);
            var files = Directory.GetFiles(runs.Path, "*", SearchOption.AllDirectories);
            Assert.Contains(files, file => file.EndsWith("asked.jsonl", StringComparison.Ordinal));
            Assert.All(files, file => Assert.DoesNotContain(key, File.ReadAllText(file), StringComparison.Ordinal));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    /// <summary>What is answered is asked once, but for what was being asked when it was killed.</summary>
    [Fact, Trait("Category", "Long")]
    public async Task Killed_at_any_instant_it_ends_with_the_same_bytes_and_asks_what_is_missing()
    {
        await using var teacher = await Teacher.StartAsync(
            async (context, _, asked) =>
            {
                await Task.Delay(20);
                await Teacher.SayAsync(context, Teacher.Question(asked).Contains('7', StringComparison.Ordinal) ? "sunny" : "rainy");
            }
        );
        var notes = runs.In("notes.jsonl");
        await File.WriteAllLinesAsync(notes, Enumerable.Range(0, Notes).Select(i => $$"""{"note": "Note number {{i}}."}"""));
        using (var child = Start("straight"))
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Notes, teacher.Requests.Count);

        var random = new Random(7);
        var killed = 0;
        while (true)
        {
            using var child = Start("killed");
            if (killed < Kills && !child.WaitForExit(TimeSpan.FromSeconds(0.5 + 2 * random.NextDouble())))
                child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            killed++;
            if (child.ExitCode == ExitCode.Success)
                break;
        }

        Assert.Equal(Bytes("straight"), Bytes("killed"));
        Assert.InRange(teacher.Requests.Count - Notes, Notes, Notes + killed * Concurrency);

        Process Start(string folder)
        {
            var start = new ProcessStartInfo(
                "dotnet",
                [
                    typeof(TaughtPipelineTests).Assembly.Location,
                    "run",
                    "taught",
                    "--out",
                    runs.In(folder),
                    "--set",
                    $"labelled.client.openai.endpoint={teacher.Endpoint}",
                    "--set",
                    $"labelled.from={notes}",
                ]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment[Variable] = key;
            var child = Process.Start(start)!;
            child.BeginOutputReadLine(); // A full pipe would hold it up.
            child.BeginErrorReadLine();
            return child;
        }
    }

    private string[] Bytes(string folder) =>
        [
            .. ((string[])["examples.en.jsonl", "asked.jsonl"]).Select(name =>
                File.ReadAllText(Directory.GetFiles(runs.In(folder), name, SearchOption.AllDirectories).Single())
            ),
        ];
}
