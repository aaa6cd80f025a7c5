// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Layers;

/// <summary>Gathers the layers of an image that are not read, to tell of them once.</summary>
internal sealed class UnreadLayers(ImageReference image, IReadOnlyList<Descriptor> layers)
{
    private readonly SortedDictionary<int, string> _reasons = [];

    /// <summary>Takes note of a layer. The empty blob that the specification has for artifacts without content is no loss.</summary>
    public void Add(int index, string reason)
    {
        if (layers[index].MediaType == MediaTypes.OciEmpty)
        {
            return;
        }

        lock (_reasons)
        {
            _reasons[index] = reason;
        }
    }

    /// <summary>Warns of them, if there are any.</summary>
    public void Warn(IOperationLog log, string what)
    {
        lock (_reasons)
        {
            if (_reasons.Count > 0)
            {
                log.Warning(string.Join(
                    " ",
                    _reasons.Select(layer => $"Layer {layer.Key} ({layers[layer.Key].Digest}) of '{image}' is {what}: {layer.Value}.")));
                _reasons.Clear();
            }
        }
    }
}
