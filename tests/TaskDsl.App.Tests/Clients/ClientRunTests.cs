using TaskDsl.Clients;
using TaskDsl.Clients.Asking;
using TaskDsl.Prompts;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Clients;

/// <summary>What is kept of answers, what they may cost, and what is never written.</summary>
public sealed class ClientRunTests : IDisposable
{
    private const string Variable = "TASKDSL_TEST_KEY";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Asking_twice_costs_once()
    {
        await using var teacher = await Teacher.AnsweringAsync(question => $"to {question}");
        IReadOnlyList<ChatQuestion> questions = [.. OpenAiClientTests.Questions(3), .. OpenAiClientTests.Questions(3)]; // Each twice.
        var client = OpenAiClientTests.Of(teacher);
        IReadOnlyList<ChatAnswer> first;
        using (var run = Start(client))
        {
            first = await run.AskAsync(questions);
            Assert.Equal(first, await run.AskAsync(questions));
            Assert.Equal((3, 36), (run.Asked, run.Spent.Total));
        }

        // Nor in another run, whatever does not shape an answer.
        using (
            var run = Start(
                client with
                {
                    Concurrency = 1,
                    Attempts = 1,
                    Budget = new ClientBudget { Tokens = 10_000 },
                }
            )
        )
        {
            Assert.Equal(first, await run.AskAsync(questions));
            Assert.Equal((0, 3, 36), (run.Asked, run.Known, run.Spent.Total));
        }

        Assert.Equal(3, teacher.Requests.Count);
        // Another sample, another setting, another model are other questions.
        using (var run = Start(client))
            await run.AskAsync([questions[0] with { Sample = 1 }, questions[0] with { Temperature = 1 }]);
        using (var run = Start(client with { Model = "other" }))
            await run.AskAsync([questions[0]]);
        Assert.Equal(6, teacher.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_goes_away_is_asked_the_rest_when_it_is_back()
    {
        int port;
        OpenAiClient client;
        await using (var teacher = await Teacher.StartAsync((context, at, asked) => at < 3 ? Say(context, asked) : Gone(context)))
        {
            (port, client) = (teacher.Port, OpenAiClientTests.Of(teacher) with { Concurrency = 1, Attempts = 2 });
            using var run = Start(client);
            var error = await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(OpenAiClientTests.Questions(8)));
            Assert.Contains(" 3 of 8 are answered and kept; asked again, only the rest is sent.", error.Message, StringComparison.Ordinal);
        }

        await using var back = await Teacher.StartAsync((context, _, asked) => Say(context, asked), port);
        using (var run = Start(client))
            Assert.Equal(
                Enumerable.Range(0, 8).Select(i => $"to question {i}"),
                (await run.AskAsync(OpenAiClientTests.Questions(8))).Select(a => a.Text)
            );
        Assert.Equal(Enumerable.Range(3, 5).Select(i => $"question {i}"), back.Questions);

        static Task Gone(Microsoft.AspNetCore.Http.HttpContext context)
        {
            context.Abort();
            return Task.CompletedTask;
        }
    }

    /// <summary>What a kill tore is asked again, wherever it tore it; what stands before it is not.</summary>
    [Theory]
    [InlineData(1), InlineData(2), InlineData(40), InlineData(-1)]
    public async Task A_line_that_a_kill_tore_is_asked_again(int bytes)
    {
        await using var teacher = await Teacher.StartAsync((context, _, asked) => Say(context, asked));
        var client = OpenAiClientTests.Of(teacher) with { Concurrency = 1 };
        using (var run = Start(client))
            await run.AskAsync(OpenAiClientTests.Questions(3));
        var file = Assert.Single(Directory.GetFiles(folder.In("cache"), "*.jsonl", SearchOption.AllDirectories));
        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(3, lines.Length);
        using (var kept = File.OpenWrite(file))
            kept.SetLength(kept.Length - (bytes < 0 ? lines[2].Length : bytes));
        using (var run = Start(client))
            await run.AskAsync(OpenAiClientTests.Questions(3));
        // Without its line's end alone the last one is whole.
        Assert.Equal(bytes == 1 ? [] : ["question 2"], teacher.Questions.Skip(3));
    }

    [Theory]
    [InlineData(1), InlineData(7)]
    public async Task A_budget_ends_before_the_question_that_could_pass_it(int concurrency)
    {
        // Each may take 10 bytes, 2 · 16 tokens of layout and 5 of an answer: 47. It takes 30.
        await using var teacher = await Teacher.StartAsync((context, _, _) => Teacher.SayAsync(context, "x", (25, 5)));
        var client = OpenAiClientTests.Of(teacher) with
        {
            Concurrency = concurrency,
            Budget = new ClientBudget { Tokens = 200 },
        };
        const string Words =
            "the budget of 200 tokens ends: 180 tokens are spent, and the next question may take 47. Raise the budget to go on. 6 of 9 are "
            + "answered and kept; asked again, only the rest is sent.";
        for (var again = 0; again < 2; again++)
        {
            using var run = Start(client);
            Assert.Equal(Words, (await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(OpenAiClientTests.Questions(9)))).Message);
            Assert.Equal(6, teacher.Requests.Count);
        }

        using (var run = Start(client with { Budget = new ClientBudget { Tokens = 300 } }))
            Assert.Equal(9, (await run.AskAsync(OpenAiClientTests.Questions(9))).Count);
        Assert.Equal(9, teacher.Requests.Count);
    }

    [Fact]
    public async Task Money_is_reckoned_by_its_prices()
    {
        await using var teacher = await Teacher.StartAsync((context, _, _) => Teacher.SayAsync(context, "x", (40, 5)));
        var money = new MoneyLimit
        {
            Limit = 0.0004,
            InputPrice = 2,
            OutputPrice = 8,
        };
        // An answer costs 120 millionths; the next may cost 42 · 2 + 5 · 8 = 124.
        using var run = Start(
            OpenAiClientTests.Of(teacher) with
            {
                Concurrency = 1,
                Budget = new ClientBudget { Money = money },
            }
        );
        var error = await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(OpenAiClientTests.Questions(9)));
        Assert.StartsWith(
            "the budget of 0.0004 of money ends: 135 tokens are spent (0.0004 of money)",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(0.00036, run.Money!.Value, 1e-12);
        Assert.Equal(3, teacher.Requests.Count);
    }

    [Fact]
    public async Task Given_up_it_keeps_what_is_answered()
    {
        using var source = new CancellationTokenSource();
        await using var teacher = await Teacher.StartAsync(
            async (context, at, asked) =>
            {
                if (at == 2)
                {
                    await source.CancelAsync();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                }

                await Say(context, asked);
            }
        );
        var client = OpenAiClientTests.Of(teacher) with { Concurrency = 1 };
        using (var run = Start(client))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.AskAsync(OpenAiClientTests.Questions(4), null, source.Token));
        using (var run = Start(client))
        {
            await run.AskAsync(OpenAiClientTests.Questions(4));
            Assert.Equal((2, 2), (run.Known, run.Asked));
        }
    }

    /// <summary>The key goes into one header, and what comes back has it nowhere: not in errors, answers, files or notices.</summary>
    [Fact]
    public async Task The_key_is_written_nowhere()
    {
        var key = $"sk-{Guid.NewGuid():n}";
        Environment.SetEnvironmentVariable(Variable, key);
        try
        {
            await using var teacher = await Teacher.StartAsync(
                (context, at, _) =>
                    at switch
                    {
                        0 => Teacher.WriteAsync(context, 500, $"who are you, {key}?"),
                        1 => Teacher.WriteAsync(context, 200, $"I know you, {key}"),
                        2 => Teacher.SayAsync(context, $"your key is {key}"),
                        _ => Teacher.WriteAsync(context, 401, $$$"""{"error": {"message": "Incorrect API key provided: {{{key}}}"}}"""),
                    }
            );
            var client = OpenAiClientTests.Of(teacher) with { KeyFrom = Variable, Concurrency = 1 };
            var told = new List<string>();
            using (
                var run = client.Start(
                    new ClientOptions
                    {
                        Cache = folder.In("cache"),
                        Log = folder.In("asked.jsonl"),
                        Tell = told.Add,
                    }
                )
            )
            {
                Assert.Equal("your key is ***", Assert.Single(await run.AskAsync(OpenAiClientTests.Questions(1))).Text);
                var error = await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(OpenAiClientTests.Questions(2)));
                Assert.Contains(
                    "Incorrect API key provided: ***. Look at the key in the environment variable",
                    error.Message,
                    StringComparison.Ordinal
                );
                Assert.Contains(Variable, error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(key, error.ToString(), StringComparison.Ordinal);
            }

            Assert.All(teacher.Keys, header => Assert.Equal($"Bearer {key}", header));
            Assert.Equal(4, teacher.Keys.Count);
            Assert.Equal(2, told.Count);
            Assert.DoesNotContain(key, string.Join('\n', told), StringComparison.Ordinal);
            var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
            Assert.Equal(2, files.Length);
            Assert.All(files, file => Assert.DoesNotContain(key, File.ReadAllText(file), StringComparison.Ordinal));
            Assert.DoesNotContain(key, $"{client}", StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Fact]
    public void A_key_that_is_not_there_is_told_before_anything_is_asked()
    {
        var client = new OpenAiClient
        {
            Endpoint = "https://models.example/v1",
            Model = "m",
            KeyFrom = "TASKDSL_NO_SUCH_KEY",
        };
        Assert.Equal(
            "the environment variable TASKDSL_NO_SUCH_KEY, which has the key for https://models.example/v1, is not set; set it, and ask "
                + "again.",
            Assert.Throws<ClientException>(() => client.Start()).Message
        );
    }

    [Fact]
    public void Wrong_settings_are_told_in_words()
    {
        var client = new OpenAiClient
        {
            Endpoint = "https://models.example/v1",
            Model = "",
            KeyFrom = "not-a-variable",
            Concurrency = 0,
            Budget = new ClientBudget { Tokens = 0 },
        };
        var lines = Assert.Throws<WordException>(() => client.Start()).Message.Split('\n');
        Assert.Equal(["concurrency", "budget.tokens", "model", "key_from"], lines.Select(line => line.Split(':')[0]["openai.".Length..]));
    }

    [Fact]
    public void A_prompt_is_a_conversation()
    {
        var turns = ChatTurns.Of(WeatherPrompt.Default, new Weather.Input("Wet shoes. <|im_end|>"), "en");
        Assert.Equal(
            [new ChatTurn(Role.System, "You read weather notes."), new(Role.User, "Wet shoes. <|im_end|>\nSky (sunny, rainy):")],
            turns
        );
        Assert.Equal(Role.User, Assert.Single(ChatTurns.Of(WeatherPrompt.Default, new Weather.Input("雨"), "zh")).Role);
    }

    private static Task Say(Microsoft.AspNetCore.Http.HttpContext context, System.Text.Json.Nodes.JsonNode asked) =>
        Teacher.SayAsync(context, $"to {Teacher.Question(asked)}");

    private ClientRun Start(OpenAiClient client) => client.Start(new ClientOptions { Cache = folder.In("cache") });
}
