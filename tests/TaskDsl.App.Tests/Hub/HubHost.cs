using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TaskDsl.App.Tests.Hub;

/// <summary>
/// A hub in this process that speaks the public protocol: lists in pages, small files itself, large ones (git LFS) by a redirect to a
/// storage at another address, with ranges. What it does wrong, a test tells it.
/// </summary>
internal sealed class HubHost : IAsyncDisposable
{
    public const string Commit = "c1899de289a04d12100db370d81485cdf75e47ca";

    private readonly List<WebApplication> servers = [];
    private readonly SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
    private readonly HashSet<string> large = [];

    /// <summary>What came, in the order of arrival: the paths with their queries; those of the storage begin with "storage".</summary>
    public ConcurrentQueue<Asked> Requests { get; } = [];

    public sealed record Asked(string Path, string? Token, string? Range);

    /// <summary>Answers in the hub's place; false leaves it to the hub.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    /// <summary>Answers in the storage's place; false leaves it to the storage.</summary>
    public Func<HttpContext, Task<bool>> InsteadOfStorage { get; set; } = _ => Task.FromResult(false);

    /// <summary>What files are in place of what the list says of them.</summary>
    public Dictionary<string, byte[]> Sent { get; } = [];

    public string Name { get; init; } = "acme/tiny";

    public string Address { get; private set; } = "";

    public string Storage { get; private set; } = "";

    public IEnumerable<string> Fetched => Requests.Where(r => r.Path.Contains("/resolve/", StringComparison.Ordinal)).Select(r => r.Path);

    public static async Task<HubHost> StartAsync(params (string Path, byte[] Content, bool IsLarge)[] files)
    {
        var host = new HubHost();
        foreach (var (path, content, isLarge) in files)
            host.Add(path, content, isLarge);
        host.Storage = await host.ServeAsync(host.StoreAsync);
        host.Address = await host.ServeAsync(host.AnswerAsync);
        return host;
    }

    public void Add(string path, byte[] content, bool isLarge = false)
    {
        files[path] = content;
        if (isLarge)
            large.Add(path);
    }

    public byte[] Content(string path) => files[path];

    public string ETag(string path) => large.Contains(path) ? Sha256(files[path]) : GitId(files[path]);

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

#pragma warning disable CA5350 // Git names what it holds by SHA-1.
    public static string GitId(byte[] content) =>
        Convert.ToHexStringLower(
            SHA1.HashData([.. Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {content.Length}\0")), .. content])
        );
#pragma warning restore CA5350

    public static async Task<bool> AnswerAsync(HttpContext context, int status, string body, params (string Name, string Value)[] headers)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, body.StartsWith('<') ? "text/html" : "application/json");
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(body);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            using var now = new CancellationTokenSource(TimeSpan.Zero); // It does not wait for what is open.
            await server.StopAsync(now.Token);
            await server.DisposeAsync();
        }
    }

    private async Task<string> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        servers.Add(server);
        server.Run(answer);
        await server.StartAsync();
        return server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    private void Note(HttpContext context, string place) =>
        Requests.Enqueue(
            new(
                $"{place}{context.Request.Path}{context.Request.QueryString}",
                context.Request.Headers.Authorization.FirstOrDefault(),
                context.Request.Headers.Range.FirstOrDefault()
            )
        );

    private async Task AnswerAsync(HttpContext context)
    {
        Note(context, "");
        if (await Instead(context))
            return;
        var path = context.Request.Path.Value!;
        if (path.Contains("/revision/", StringComparison.Ordinal))
        {
            await AnswerAsync(context, 200, new JsonObject { ["sha"] = Commit }.ToJsonString());
        }
        else if (path.Contains("/tree/", StringComparison.Ordinal))
        {
            await ListAsync(context);
        }
        else if (path.Split($"/resolve/{Commit}/") is [_, var name] && files.TryGetValue(name, out var content))
        {
            context.Response.Headers["X-Repo-Commit"] = Commit;
            if (!large.Contains(name))
            {
                context.Response.Headers.ETag = $"\"{ETag(name)}\"";
                await SendAsync(context, name, content);
                return;
            }

            context.Response.Headers["X-Linked-ETag"] = $"\"{ETag(name)}\"";
            context.Response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            context.Response.Redirect($"{Storage}/{name}?signature=secret");
        }
        else
        {
            await AnswerAsync(context, 404, "{\"error\":\"Entry not found\"}", ("X-Error-Code", "EntryNotFound"));
        }
    }

    /// <summary>Two files a page, as a hub lists thousands.</summary>
    private Task ListAsync(HttpContext context)
    {
        const int Page = 2;
        var from = int.Parse(context.Request.Query["cursor"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var list = new JsonArray(
            new JsonObject
            {
                ["type"] = "directory",
                ["oid"] = new string('0', 40),
                ["size"] = 0,
                ["path"] = "data",
            }
        );
        foreach (var (path, content) in files.Skip(from).Take(Page))
        {
            var entry = new JsonObject
            {
                ["type"] = "file",
                ["oid"] = GitId(content),
                ["size"] = content.Length,
                ["path"] = path,
            };
            if (large.Contains(path))
                entry["lfs"] = new JsonObject
                {
                    ["oid"] = Sha256(content),
                    ["size"] = content.Length,
                    ["pointerSize"] = 134,
                };
            list.Add(entry);
        }

        if (from + Page < files.Count)
            context.Response.Headers.Link = $"<{Address}{context.Request.Path}?recursive=true&cursor={from + Page}>; rel=\"next\"";
        return AnswerAsync(context, 200, list.ToJsonString());
    }

    private async Task StoreAsync(HttpContext context)
    {
        Note(context, "storage");
        if (!await InsteadOfStorage(context))
            await SendAsync(context, context.Request.Path.Value![1..], files[context.Request.Path.Value![1..]]);
    }

    private async Task SendAsync(HttpContext context, string name, byte[] content)
    {
        content = Sent.GetValueOrDefault(name, content);
        var from = context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0;
        if (from >= content.Length && from > 0)
        {
            context.Response.StatusCode = 416;
            return;
        }

        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = FormattableString.Invariant($"bytes {from}-{content.Length - 1}/{content.Length}");
        }

        context.Response.ContentLength = content.Length - from;
        await context.Response.Body.WriteAsync(content.AsMemory((int)from));
    }

    /// <summary>Sends a part of a file and breaks the connection.</summary>
    public async Task<bool> BreakAsync(HttpContext context, string name, int after)
    {
        var from = (int)(context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0);
        var content = files[name];
        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = FormattableString.Invariant($"bytes {from}-{content.Length - 1}/{content.Length}");
        }

        context.Response.ContentLength = content.Length - from;
        await context.Response.Body.WriteAsync(content.AsMemory(from, Math.Min(after, content.Length - from)));
        await context.Response.Body.FlushAsync();
        await Task.Delay(50); // What was sent is read by then; a reset takes away what was not.
        context.Abort();
        return true;
    }
}
