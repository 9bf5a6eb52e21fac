namespace TaskDsl.Hub;

/// <summary>A record of the YAML that may read files of a hub.</summary>
public interface IFromHub
{
    /// <summary>What it reads there; null where it reads nothing there.</summary>
    HubPart? FromHub();
}
