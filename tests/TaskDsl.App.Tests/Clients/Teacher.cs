using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TaskDsl.App.Tests.Clients;

/// <summary>A real server of chat completions in this process, which behaves as it is told.</summary>
internal sealed class Teacher : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly ConcurrentQueue<JsonNode> requests = [];
    private int number;
    private int open;

    private Teacher(WebApplication server) => this.server = server;

    /// <summary>What it was asked, in the order of arrival.</summary>
    public IReadOnlyList<JsonNode> Requests => [.. requests];

    /// <summary>The last user messages of what it was asked.</summary>
    public IReadOnlyList<string> Questions => [.. Requests.Select(Question)];

    /// <summary>The headers that had the key, by request.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    /// <summary>The most questions that were open at a time.</summary>
    public int Together { get; private set; }

    public string Endpoint => $"{Address}/v1";

    public int Port => new Uri(Address).Port;

    private string Address => server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Starts it.</summary>
    /// <param name="behave">What it does with a request: its number from 0, what was asked.</param>
    /// <param name="port">Where. Default: wherever there is room.</param>
    public static async Task<Teacher> StartAsync(Func<HttpContext, int, JsonNode, Task> behave, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var teacher = new Teacher(builder.Build());
        teacher.server.Run(async context =>
        {
            Assert.Equal("/v1/chat/completions", context.Request.Path);
            var asked = (await JsonNode.ParseAsync(context.Request.Body))!;
            int at;
            lock (teacher.requests)
            {
                teacher.requests.Enqueue(asked);
                if (context.Request.Headers.Authorization is [{ } key])
                    teacher.Keys.Enqueue(key);
                at = teacher.number++;
                teacher.Together = Math.Max(teacher.Together, ++teacher.open);
            }

            try
            {
                await behave(context, at, asked);
            }
            finally
            {
                lock (teacher.requests)
                    teacher.open--;
            }
        });
        await teacher.server.StartAsync();
        return teacher;
    }

    /// <summary>A server that answers each question by a rule.</summary>
    public static Task<Teacher> AnsweringAsync(Func<string, string> rule, int port = 0) =>
        StartAsync((context, _, asked) => SayAsync(context, rule(Question(asked))), port);

    /// <summary>Answers as such servers do.</summary>
    /// <param name="context">What is answered.</param>
    /// <param name="text">What is said.</param>
    /// <param name="usage">The tokens of question and answer; null says nothing of them.</param>
    /// <param name="finish">Why it ends.</param>
    public static Task SayAsync(HttpContext context, string text, (int Input, int Output)? usage = default, string finish = "stop") =>
        SayAsync(context, text, usage ?? (10, 2), finish, usage is not (0, 0));

    public static Task SayAsync(HttpContext context, string text, (int Input, int Output) usage, string finish, bool hasUsage)
    {
        var completion = new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 1,
            ["model"] = "test",
            ["choices"] = new JsonArray(
                new JsonObject
                {
                    ["index"] = 0,
                    ["finish_reason"] = finish,
                    ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
                }
            ),
        };
        if (hasUsage)
            completion["usage"] = new JsonObject
            {
                ["prompt_tokens"] = usage.Input,
                ["completion_tokens"] = usage.Output,
                ["total_tokens"] = usage.Input + usage.Output,
            };
        return WriteAsync(context, 200, completion.ToJsonString());
    }

    public static Task WriteAsync(HttpContext context, int status, string body, string type = "application/json")
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, type);
        return context.Response.WriteAsync(body);
    }

    /// <summary>What the user said last.</summary>
    public static string Question(JsonNode asked) => (string)asked["messages"]!.AsArray()[^1]!["content"]! is var text ? text : "";

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero); // It does not wait for what is open.
        await server.StopAsync(now.Token);
        await server.DisposeAsync();
    }
}
