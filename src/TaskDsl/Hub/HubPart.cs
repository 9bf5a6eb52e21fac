namespace TaskDsl.Hub;

/// <summary>Some files of a repository that something in the YAML reads.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Choose">
/// Chooses the files among those that there are; throws a <see cref="HubException"/> where what is needed is not among them.
/// </param>
public sealed record HubPart(HubRepository Repository, Func<HubListing, IReadOnlyList<HubFile>> Choose)
{
    /// <summary>The files, all of which are in the cache.</summary>
    /// <exception cref="HubException">Some are not; the message names the command that fetches them.</exception>
    public IReadOnlyList<HubFile> Find()
    {
        var listing = HubListing.Of(Repository);
        if (!listing.IsWhole && listing.Files.Count == 0)
            throw new HubException($"{Repository} is not in {HubCache.Root}; {HubCache.Remedy}.");
        IReadOnlyList<HubFile> chosen;
        try
        {
            chosen = Choose(listing);
        }
        catch (HubException e) when (!listing.IsWhole)
        {
            throw new HubException($"{e.Message.TrimEnd('.')}, as far as it lies in {HubCache.Root}; {HubCache.Remedy}.", e);
        }

        HubFile[] missing = [.. chosen.Where(file => !Repository.Has(file))];
        return missing.Length == 0
            ? chosen
            : throw new HubException(
                $"{Repository}: {missing.Length} of {chosen.Count} files are not whole in {HubCache.Root} "
                    + $"({string.Join(", ", missing.Take(3).Select(file => file.Path))}{(missing.Length > 3 ? ", …" : "")}); "
                    + $"{HubCache.Remedy}."
            );
    }
}
