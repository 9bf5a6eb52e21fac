using System.CommandLine;
using TaskDsl.App.Fetching;
using TaskDsl.App.Sessions;
using TaskDsl.Hub;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Verbs;

/// <summary><c>fetch</c>: brings what the project names of a hub into the cache; the only verb that touches the network for it.</summary>
internal static class FetchVerb
{
    public static Command Create(Session session)
    {
        var names = new Argument<string[]>("name")
        {
            Description =
                "Recipes, tasks and pipelines whose models and data are fetched; default: all. Or a repository, 'org/name' or "
                + "'datasets/org/name', with '@branch' behind it for another than main: its commit is told, and nothing is fetched.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Verb(
            "fetch",
            "Fetch what the project names of Hugging Face's hub into the cache that huggingface_hub shares, and check what is there. "
                + "HF_TOKEN, HF_ENDPOINT, HF_HUB_CACHE, HF_HOME, HF_HUB_OFFLINE and HTTPS_PROXY mean what they mean there.",
            "",
            "{recipe}",
            "org/name"
        )
        {
            names,
        };
        command.SetAction((parsed, cancellation) => RunAsync(session, parsed.GetValue(names) ?? [], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string[] names, CancellationToken cancellationToken)
    {
        using var server = new HubServer(HubSettings.OfEnvironment(), said => session.Note([said]));
        foreach (var repository in names.Where(IsRepository))
            await TellAsync(session, server, repository, cancellationToken).ConfigureAwait(false);
        if (names.Length > 0 && Array.TrueForAll(names, IsRepository))
            return ExitCode.Success;
        var parts = HubParts.In(Named(session, [.. names.Where(name => !IsRepository(name))]));
        if (parts.Count == 0)
            session.WriteLine("Nothing of it is on a hub: there is nothing to fetch.");
        var wanted = new Queue<HubRepository>(parts.Select(part => part.Repository).Distinct());
        var done = new HashSet<HubRepository>();
        while (wanted.TryDequeue(out var repository))
        {
            if (!done.Add(repository))
                continue;
            var own = parts.Where(part => part.Repository == repository).ToList();
            await FetchAsync(session, server, repository, own.Count > 0 ? own : [ModelFiles.Of(repository)], cancellationToken)
                .ConfigureAwait(false);
            if (AdapterFolder.IsAdapter(repository.Snapshot) && AdapterFolder.PinnedModel(repository.Snapshot) is { } below)
                wanted.Enqueue(below);
        }

        return ExitCode.Success;
    }

    private static bool IsRepository(string name) => name.Contains('/', StringComparison.Ordinal);

    private static object[] Named(Session session, string[] names)
    {
        (string Name, object Value)[] all =
        [
            .. session.Catalog.Tasks.Select(task => (task.Name, (object)task)),
            .. session.Catalog.Definitions.Select(definition => (definition.Name, (object)definition)),
        ];
        foreach (var name in names)
            if (!all.Any(item => item.Name == name))
                throw new UserException(
                    $"there is no task, recipe or pipeline '{name}'{NearestWord.Choice(name, all.Select(item => item.Name).Distinct())}"
                );
        return [.. all.Where(item => names.Length == 0 || names.Contains(item.Name)).Select(item => item.Value)];
    }

    private static async Task FetchAsync(
        Session session,
        HubServer server,
        HubRepository repository,
        IReadOnlyList<HubPart> parts,
        CancellationToken cancellationToken
    )
    {
        var listing = await ListAsync(session, server, repository, cancellationToken).ConfigureAwait(false);
        HubFile[] files = [.. parts.SelectMany(part => part.Choose(listing)).Distinct()];
        HubFile[] missing = [.. files.Where(file => !repository.Has(file))];
        var size = missing.Length == 0 ? "all there" : $"{missing.Length} to fetch, {ByteText.Of(missing.Sum(file => file.Size))}";
        session.WriteLine($"{repository}: {files.Length} files, {ByteText.Of(files.Sum(file => file.Size))}; {size}");
        if (!server.Settings.IsOffline)
            RefuseFull(missing);
        await FetchProgress
            .RunAsync(session, async report =>
            {
                foreach (var file in files)
                {
                    var isThere = repository.Has(file);
                    await new HubDownload(server, repository, file, said => session.Note([said]))
                        .FetchAsync(bytes => Report(isThere, bytes), cancellationToken)
                        .ConfigureAwait(false);

                    // What is there is looked at and not told, unless it must be fetched again.
                    void Report(bool quiet, long bytes)
                    {
                        if (!quiet || bytes < file.Size)
                            report(file, bytes);
                    }
                }
            })
            .ConfigureAwait(false);
        session.WriteLine($"  in {repository.Snapshot}");
    }

    private static async Task<HubListing> ListAsync(
        Session session,
        HubServer server,
        HubRepository repository,
        CancellationToken cancellationToken
    )
    {
        if (HubListing.Read(repository) is { } known)
            return known;
        if (server.Settings.IsOffline)
            throw new HubException(
                $"{repository}: no list of its files is in {HubCache.Root}, and HF_HUB_OFFLINE says that the network is not to be used."
            );
        var listing = await server.ListAsync(repository, cancellationToken).ConfigureAwait(false);
        try
        {
            listing.Write(repository);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            session.Note([$"{repository}: the list of its files cannot be kept: {e.Message}"]);
        }

        return listing;
    }

    private static void RefuseFull(HubFile[] missing)
    {
        var needed = missing.DistinctBy(file => file.ETag).Sum(file => file.Size);
        var folder = new DirectoryInfo(HubCache.Root);
        while (!folder.Exists && folder.Parent is { } above)
            folder = above;
        if (needed > 0 && new DriveInfo(folder.FullName).AvailableFreeSpace is var free && free < needed)
            throw new HubException(
                $"{ByteText.Of(needed)} are to be fetched, and {ByteText.Of(free)} are free in {HubCache.Root}. Free space there, or set "
                    + "HF_HUB_CACHE to another disk."
            );
    }

    /// <summary>Tells the commit that a branch stands at, as it is written in the YAML.</summary>
    private static async Task TellAsync(Session session, HubServer server, string named, CancellationToken cancellationToken)
    {
        const string Data = "datasets/";
        if (server.Settings.IsOffline)
            throw new HubException($"{named}: HF_HUB_OFFLINE says that the network is not to be used.");
        var kind = named.StartsWith(Data, StringComparison.Ordinal) ? HubKind.Dataset : HubKind.Model;
        var parts = (kind == HubKind.Dataset ? named[Data.Length..] : named).Split('@', 2);
        var (name, branch) = (parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : "main");
        if (!System.Text.RegularExpressions.Regex.IsMatch(name, $"^(?:{HubRepository.NamePattern})$"))
            throw new UserException($"'{named}' is no repository; expected {HubRepository.NameWords}, or 'datasets/org/name'.");
        var commit = await server.CommitAsync(kind, name, branch, cancellationToken).ConfigureAwait(false);
        session.WriteLine($"{named}: {branch} stands at {commit}");
        session.WriteLine(
            kind == HubKind.Model
                ? $"  model: {{hub: {{model: {name}, revision: {commit}}}}}"
                : $"  - {{path: <file>, hub: {{dataset: {name}, revision: {commit}}}}}"
        );
        if (kind == HubKind.Dataset)
            foreach (
                var file in (await server.ListAsync(new HubRepository(kind, name, commit), cancellationToken).ConfigureAwait(false)).Files
            )
                session.WriteLine($"  {file.Path}  {ByteText.Of(file.Size)}");
    }
}
