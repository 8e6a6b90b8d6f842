"""The product as an app on a phone or desktop: what browsers read before they offer to install it."""

from __future__ import annotations

from io import BytesIO

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from zhiliu.directory.models import Organisation
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.http import Request

# Side in pixels, and the share of it the logo takes: masks cut off up to a tenth at each edge (W3C, maskable icons).
ICONS = {"180": (180, 0.72), "192": (192, 0.84), "512": (512, 0.84), "maskable": (512, 0.6)}
DAY = 86_400


@require_GET
def manifest(request: Request) -> HttpResponseBase:
    """Return the web app manifest; also without sign-in, because browsers ask for it without cookies."""
    name = Organisation.current_name() or _("Zhiliu")
    shortcuts = [
        (pgettext("navigation", "Chat"), address("conversations:home")),
        (_("Inbox"), address("notifications:inbox")),
        (_("Share a need"), address("needs:voice")),
    ]
    icons = [
        {"src": address("app_icon", side), "sizes": f"{side}x{side}", "type": "image/png"} for side in ("192", "512")
    ]
    masked = {"src": address("app_icon", "maskable"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"}
    content = {
        "id": "/",
        "name": name,
        "short_name": name[:12],
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f5f2",
        "theme_color": "#f4f5f2",
        "icons": [*icons, masked],
        "shortcuts": [{"name": label, "url": url} for label, url in shortcuts],
    }
    response = JsonResponse(
        content, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


@require_GET
def app_icon(request: Request, name: str) -> HttpResponseBase:
    """Return the icon of the app: the organisation's logo on white, else ours."""
    if name not in ICONS:
        raise Http404(name)
    row = Organisation.objects.filter(pk=1).exclude(logo=None).only("logo").first()
    if row is None:
        return redirect(static(f"app-{name}.png"))
    response = HttpResponse(_drawn(bytes(row.logo or b""), *ICONS[name]), content_type="image/png")
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


def _drawn(logo: bytes, side: int, share: float) -> bytes:
    """Return a square with the logo in its middle, as PNG."""
    from PIL import Image

    picture = Image.open(BytesIO(logo)).convert("RGBA")
    scale = side * share / max(picture.size)
    picture = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    square = Image.new("RGBA", (side, side), "white")
    square.alpha_composite(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    stored = BytesIO()
    square.convert("RGB").save(stored, "PNG")
    return stored.getvalue()


@require_GET
def service_worker(request: Request) -> HttpResponseBase:
    """Return the service worker: it must stand at the top, because its address limits what it serves."""
    path = settings.BUILD_DIR / "service-worker.js"
    if not path.exists():
        raise Http404(path.name)
    response = FileResponse(path.open("rb"), content_type="text/javascript")
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


@require_GET
def offline(request: Request) -> HttpResponseBase:
    """Render the page browsers keep for when the server is out of reach."""
    return render(request, "home/offline.html")
