using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using TaskDsl.Clients;
using TaskDsl.Clients.Asking;
using TaskDsl.Prompts;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Clients;

/// <summary>A client against a real server that misbehaves on purpose.</summary>
public sealed class OpenAiClientTests
{
    private const string Good = "sunny";

    [Fact]
    public async Task Answers_come_in_the_order_of_their_questions_however_many_are_asked_at_a_time()
    {
        // The later a question comes, the sooner it is answered.
        await using var teacher = await Teacher.StartAsync(
            async (context, at, asked) =>
            {
                await Task.Delay(Math.Max(0, 80 - 5 * at));
                await Teacher.SayAsync(context, $"answer to {Teacher.Question(asked)}", (7, 3));
            }
        );
        using var run = (Of(teacher) with { Concurrency = 5 }).Start();
        var answers = await run.AskAsync(Questions(20));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"answer to question {i}"), answers.Select(a => a.Text));
        Assert.All(answers, answer => Assert.Equal(new TokenUsage(7, 3), answer.Usage));
        Assert.Equal((20, new TokenUsage(140, 60)), (run.Asked, run.Spent));
        Assert.Equal(5, teacher.Together);
    }

    [Fact]
    public async Task What_is_asked_is_the_conversation_and_how_it_is_to_be_answered()
    {
        await using var teacher = await Teacher.AnsweringAsync(_ => Good);
        var question = new ChatQuestion([new(Role.System, "You read notes."), new(Role.User, "Wet shoes.")], 12)
        {
            Temperature = 0.5,
            TopP = 0.9,
            Seed = 7,
            Schema = new JsonObject { ["type"] = "object" },
        };
        using (var run = (Of(teacher) with { Model = "big one" }).Start())
            await run.AskAsync([question]);
        var asked = Assert.Single(teacher.Requests);
        Assert.Equal("big one", (string?)asked["model"]);
        Assert.Equal(
            [("system", "You read notes."), ("user", "Wet shoes.")],
            asked["messages"]!.AsArray().Select(m => ((string)m!["role"]!, (string)m["content"]!))
        );
        Assert.Equal(12, (int)asked["max_completion_tokens"]!);
        Assert.Equal((0.5, 0.9, 7), ((double)asked["temperature"]!, Math.Round((double)asked["top_p"]!, 6), (int)asked["seed"]!));
        Assert.Equal("json_schema", (string?)asked["response_format"]!["type"]);
        Assert.Empty(teacher.Keys); // It asks for none, and gets none.

        using (var run = Of(teacher).Start())
            await run.AskAsync(Questions(1));
        string[] unsaid = ["temperature", "top_p", "seed", "response_format", "stop"];
        Assert.All(unsaid, word => Assert.Null(teacher.Requests[^1][word]));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_waited_for_as_long_as_it_says()
    {
        await using var teacher = await Teacher.StartAsync(
            (context, at, _) =>
            {
                if (at > 0)
                    return Teacher.SayAsync(context, Good);
                context.Response.Headers.RetryAfter = "17";
                return Teacher.WriteAsync(context, 429, """{"error": {"message": "Slow down."}}""");
            }
        );
        var (clock, told) = (new FastClock(), new List<string>());
        using var run = Of(teacher).Start(new ClientOptions { Time = clock, Tell = told.Add });
        Assert.Equal(Good, Assert.Single(await run.AskAsync(Questions(1))).Text);
        Assert.Contains(TimeSpan.FromSeconds(17), clock.Waited);
        Assert.Equal($"{teacher.Endpoint}: 429 Too Many Requests: Slow down. Attempt 2 of 3 in 17 s.", Assert.Single(told));
    }

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "500", "500 Internal Server Error: out of memory. It was asked 3 times. Ask later." },
            { "503", "503 Service Unavailable. It was asked 3 times." },
            { "429", "429 Too Many Requests" },
            { "empty", "its answer is empty. It was asked 3 times. Look at 'endpoint'" },
            { "nonsense", "its answer is no JSON: {\"choices\": [{\"mess. It was asked 3 times." },
            { "html", "its answer is no JSON: <html> <body>Welcome</body> </html>. It was asked 3 times." },
            { "other", "it answers something else than is expected: {\"choices\": []}. It was asked 3 times." },
            { "error", "it answers something else than is expected: no credits. It was asked 3 times." },
            { "cut", "no answer: " },
            { "stalls", "no answer within 0.3 s. It was asked 3 times. Is the server there?" },
            { "hangs", "no answer within 0.3 s. It was asked 3 times. Is the server there?" },
        };

    /// <summary>Once, it is asked again; always, it ends in words.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_may_pass_is_asked_again_and_what_does_not_pass_ends_in_words(string fault, string words)
    {
        var always = false;
        await using var teacher = await Teacher.StartAsync(
            (context, at, _) => always || at == 0 ? Misbehave(context, fault) : Teacher.SayAsync(context, Good)
        );
        using var run = (Of(teacher) with { Timeout = fault is "hangs" or "stalls" ? 0.3 : 10 }).Start();
        Assert.Equal(Good, Assert.Single(await run.AskAsync(Questions(1))).Text);
        Assert.Equal(2, teacher.Requests.Count);
        always = true;
        var error = await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(Questions(2)));
        Assert.StartsWith($"{teacher.Endpoint}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" 1 of 2 are answered and kept; asked again, only the rest is sent.", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, teacher.Requests.Count);
    }

    [Theory]
    [InlineData(
        400,
        "{\"error\": \"no such setting\"}",
        "400 Bad Request: no such setting. The server does not take the question as it is"
    )]
    [InlineData(401, "{\"error\": {\"message\": \"bad key\"}}", "401 Unauthorized: bad key. It wants a key: name the environment variable")]
    [InlineData(403, "", "403 Forbidden. It wants a key")]
    [InlineData(404, "<html>\n<h1>Not here</h1></html>", "404 Not Found: <html> <h1>Not here</h1></html>. Look at 'endpoint', which")]
    public async Task What_does_not_pass_ends_at_once(int status, string body, string words)
    {
        await using var teacher = await Teacher.StartAsync((context, _, _) => Teacher.WriteAsync(context, status, body, "text/html"));
        using var run = (Of(teacher) with { Concurrency = 1 }).Start();
        var error = await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(Questions(3)));
        Assert.StartsWith($"{teacher.Endpoint}: {words}", error.Message, StringComparison.Ordinal);
        Assert.Single(teacher.Requests);
    }

    [Fact]
    public async Task Where_no_server_is_it_says_so()
    {
        string endpoint;
        await using (var teacher = await Teacher.AnsweringAsync(_ => Good))
            endpoint = teacher.Endpoint;
        var gone = new OpenAiClient
        {
            Endpoint = endpoint,
            Model = "m",
            Attempts = 2,
            Wait = 0.001,
        };
        using (var run = gone.Start())
        {
            var error = await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(Questions(1)));
            Assert.StartsWith($"{endpoint}: no answer: ", error.Message, StringComparison.Ordinal);
            Assert.Contains("refused", error.Message, StringComparison.Ordinal);
            Assert.Contains("It was asked 2 times. Is the server there?", error.Message, StringComparison.Ordinal);
        }

        using (var run = (gone with { Endpoint = "http://nowhere.invalid/v1" }).Start())
        {
            var error = await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(Questions(1)));
            Assert.StartsWith("http://nowhere.invalid/v1: no answer: ", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ftp://files.example/v1")]
    [InlineData("models.example/v1")]
    [InlineData("https://me:secret@models.example/v1")]
    [InlineData("https://models.example/v1?key=secret")]
    public void An_endpoint_is_http_and_has_no_key_in_it(string endpoint)
    {
        var error = Assert.Throws<WordException>(() => new OpenAiClient { Endpoint = endpoint, Model = "m" }.Start());
        Assert.StartsWith(
            $"openai.endpoint: '{endpoint}' is not allowed; expected a text that matches https?://",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_server_that_does_not_say_what_an_answer_costs_is_reckoned_with()
    {
        await using var teacher = await Teacher.StartAsync((context, _, _) => Teacher.SayAsync(context, "0123456", (0, 0)));
        using var run = Of(teacher).Start();
        var answer = Assert.Single(await run.AskAsync([new ChatQuestion([new(Role.User, "0123456789")], 5)]));
        Assert.Equal((new TokenUsage(4, 3), true, 1), (answer.Usage, answer.IsEstimated, run.Estimated));
    }

    [Theory]
    [InlineData(AnswerLimit.MaxCompletionTokens, "max_completion_tokens", "max_tokens")]
    [InlineData(AnswerLimit.MaxTokens, "max_tokens", "max_completion_tokens")]
    public async Task The_limit_of_an_answer_is_said_by_the_word_that_is_chosen(AnswerLimit limit, string said, string unsaid)
    {
        await using var teacher = await Teacher.AnsweringAsync(_ => Good);
        using var run = (Of(teacher) with { Limit = limit }).Start();
        await run.AskAsync(Questions(1));
        var asked = Assert.Single(teacher.Requests);
        Assert.Equal((5, null), ((int?)asked[said], (int?)asked[unsaid]));
        Assert.Equal(("test", "question 0"), ((string)asked["model"]!, Teacher.Question(asked)));
    }

    /// <summary>As Ollama, which knows one of the words.</summary>
    [Fact]
    public async Task A_server_that_does_not_keep_the_limit_is_asked_no_further_and_what_is_finished_is_kept()
    {
        await using var teacher = await Teacher.StartAsync(
            (context, at, asked) => Teacher.SayAsync(context, Good, (10, at == 0 || asked["max_tokens"] is not null ? 5 : 5_000))
        );
        using var folder = new TempFolder();
        var client = Of(teacher) with { Concurrency = 1 };
        using (var run = client.Start(new ClientOptions { Cache = folder.Path }))
        {
            var error = await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(Questions(4)));
            Assert.Equal(
                "the client 'openai' was asked for answers of at most 5 tokens, and says that one has 5,000. The server was told so as "
                    + "'max_completion_tokens', which not every server knows; set 'limit: max_tokens'. 1 of 4 are answered and kept; asked "
                    + "again, only the rest is sent.",
                error.Message
            );
            Assert.Equal((2, new TokenUsage(20, 5_005)), (run.Asked, run.Spent)); // It is paid for.
        }

        Assert.Equal(2, teacher.Requests.Count);
        using (var run = (client with { Limit = AnswerLimit.MaxTokens }).Start(new ClientOptions { Cache = folder.Path }))
            Assert.Equal(4, (await run.AskAsync(Questions(4))).Count);
        Assert.Equal(5, teacher.Requests.Count);
    }

    /// <summary>JSON may write any letter in several ways, and JSON within a text each of these again.</summary>
    [Theory]
    [InlineData(@"a+b\/c=")]
    [InlineData(@"a\u002Bb\/c=")]
    [InlineData(@"\u0061\u002b\u0062\u002F\u0063\u003d")]
    [InlineData(@"a\\u002Bb\\/c=")]
    [InlineData(@"\\\u002Ba\\u002Bb\\\u002Fc=")]
    public async Task A_key_that_comes_back_is_hidden_however_it_is_written(string echo)
    {
        const string Variable = "TASKDSL_ESCAPED_KEY";
        Environment.SetEnvironmentVariable(Variable, "a+b/c=");
        try
        {
            await using var teacher = await Teacher.StartAsync(
                (context, at, _) =>
                    at switch
                    {
                        0 => Teacher.WriteAsync(context, 500, $$$"""{"error": {"message": "who is {{{echo}}}?"}}"""),
                        1 => Teacher.WriteAsync(context, 200, $$$"""{"choices": [{"message": {"content": "I am {{{echo}}}!"}}]}"""),
                        _ => Teacher.WriteAsync(context, 401, $$$"""{"error": "not you, {{{echo}}}"}"""),
                    }
            );
            using var folder = new TempFolder();
            var told = new List<string>();
            var options = new ClientOptions
            {
                Cache = folder.Path,
                Log = folder.In("asked.jsonl"),
                Tell = told.Add,
            };
            using (var run = (Of(teacher) with { KeyFrom = Variable }).Start(options))
            {
                Assert.Matches(@"^I am .*\*\*\*!$", Assert.Single(await run.AskAsync(Questions(1))).Text);
                told.Add((await Assert.ThrowsAsync<ClientException>(() => run.AskAsync(Questions(2)))).Message);
            }

            Assert.Equal(["Bearer a+b/c="], teacher.Keys.Distinct());
            Assert.Contains("who is ", told[0], StringComparison.Ordinal);
            told.AddRange(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
            Assert.Equal(4, told.Count);
            Assert.All(told, text => Assert.Contains("***", text, StringComparison.Ordinal));
            Assert.All(told, text => Assert.DoesNotMatch(@"a\W*(\+|u002b)\W*b", text.ToLowerInvariant()));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    private static Task Misbehave(HttpContext context, string fault)
    {
        switch (fault)
        {
            case "500":
                return Teacher.WriteAsync(context, 500, """{"error": {"message": "out of memory"}}""");
            case "503" or "429":
                return Teacher.WriteAsync(context, int.Parse(fault), "");
            case "empty":
                return Teacher.WriteAsync(context, 200, "");
            case "nonsense":
                return Teacher.WriteAsync(context, 200, "{\"choices\": [{\"mess");
            case "html":
                return Teacher.WriteAsync(context, 200, "<html>\n<body>Welcome</body>\n</html>", "text/html");
            case "other":
                return Teacher.WriteAsync(context, 200, "{\"choices\": []}");
            case "error":
                return Teacher.WriteAsync(context, 200, """{"error": {"code": 402, "message": "no credits"}}""");
            case "cut":
                return Begin(context, () => Task.Delay(50)); // Long enough for what was said to arrive.
            case "stalls":
                return Begin(context, () => Hang(context));
            default:
                return Hang(context);
        }

        static Task Hang(HttpContext context) =>
            Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

        static async Task Begin(HttpContext context, Func<Task> then)
        {
            await context.Response.WriteAsync("{\"choices\": [{\"message\": {\"role\": \"assistant\", ");
            await context.Response.Body.FlushAsync();
            await then();
            context.Abort();
        }
    }

    internal static OpenAiClient Of(Teacher teacher) =>
        new()
        {
            Endpoint = teacher.Endpoint,
            Model = "test",
            Attempts = 3,
            Wait = 0.001,
        };

    internal static IReadOnlyList<ChatQuestion> Questions(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ChatQuestion([new(Role.User, $"question {i}")], 5))];
}
